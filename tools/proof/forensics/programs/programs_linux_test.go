package programs

import (
	"net"
	"os"
	"slices"
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
	for _, want := range []Socket{{Kind: "tcp", To: "0.0.0.0:0", State: Listens}, {Kind: "udp"}} {
		if !slices.ContainsFunc(after.Open, func(s Socket) bool {
			return s.Kind == want.Kind && s.To == want.To && s.State == want.State && s.Program != ""
		}) {
			t.Errorf("no %v in %v", want, after.Open)
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

// Addresses are read as the kernel writes them.
func TestFar(t *testing.T) {
	for text, want := range map[string]string{"0100007F:20FB": "127.0.0.1:8443", "00000000:0000": "0.0.0.0:0",
		"B80D0120000000000000000001000000:01BB": "[2001:db8::1]:443", "0000000000000000FFFF00000100007F:0050": "127.0.0.1:80", "x": "x", "01:1": "01:1"} {
		if got := far(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
