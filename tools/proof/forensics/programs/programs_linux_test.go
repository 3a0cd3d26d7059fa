package programs

import (
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A socket of each kind is seen, and told from those of the machine itself.
func TestLook(t *testing.T) {
	before, err := Look([]int{os.Getpid()})
	if err != nil {
		t.Skip(err)
	}
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(pair[0])
	defer syscall.Close(pair[1])
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	after, err := Look([]int{os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	if after.Local != before.Local+2 || len(after.Open) != len(before.Open)+3 || after.Programs != 1 || after.Own != 0 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	all := strings.Join(after.Open, " ")
	for _, kind := range []string{"tcp", "udp"} {
		if !strings.Contains(all, fmt.Sprintf("process %d: %s", os.Getpid(), kind)) {
			t.Errorf("no %s in %s", kind, all)
		}
	}
	t.Logf("%+v", after)
}

// What cannot be read is an error.
func TestLookAtNothing(t *testing.T) {
	if s, err := Look([]int{1 << 30}); err == nil {
		t.Errorf("%+v", s)
	}
	if _, err := tables("/proc/self/fd/"); err == nil {
		t.Error("no error without tables")
	}
}
