//go:build linux && (amd64 || arm64)

package confine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// allowedPort is the one that the dialer of this test may connect to, and ledger the descriptor of the
// warden's ledger.
const (
	allowedPort = 18_443
	ledger      = 50
)

// network does one thing with a connection, or with a ledger.
func network(verb, arg string) error {
	number, _ := strconv.Atoi(arg)
	const kept = unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK
	switch verb {
	case "connect", "udp":
		kind := map[string]int{"connect": unix.SOCK_STREAM, "udp": unix.SOCK_DGRAM}[verb]
		fd, err := unix.Socket(unix.AF_INET, kind|kept, 0)
		if err != nil {
			return err
		}
		// Nobody listens there: to be refused by the other side is to have come through.
		err = unix.Connect(fd, &unix.SockaddrInet4{Port: number, Addr: [4]byte{127, 0, 0, 1}})
		if err == unix.EINPROGRESS || err == unix.ECONNREFUSED {
			return nil
		}
		return err
	case "made": // with a socket of an allowed kind
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|kept, 0)
		if err != nil {
			return fmt.Errorf("no socket")
		}
		switch arg {
		case "bind":
			return unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
		case "listen":
			return unix.Listen(fd, 1)
		case "accept":
			_, _, err = unix.Accept4(fd, kept)
			return err
		case "option":
			return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		case "other option":
			return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		case "message":
			return unix.Sendmsg(fd, []byte("x"), nil, nil, 0)
		}
	case "kind":
		return [...]func() error{
			func() error { return other(unix.AF_INET, unix.SOCK_RAW|kept, unix.IPPROTO_ICMP) },
			func() error { return other(unix.AF_UNIX, unix.SOCK_STREAM|kept, 0) },
			func() error { return other(unix.AF_NETLINK, unix.SOCK_RAW|kept, 0) },
			func() error { return other(unix.AF_PACKET, unix.SOCK_RAW|kept, 0) },
			func() error { return other(unix.AF_INET, unix.SOCK_STREAM|kept, 262) }, // several paths
		}[number]()
	case "receive":
		_, _, _, _, err := unix.Recvmsg(number, make([]byte, 8), make([]byte, 64), unix.MSG_DONTWAIT)
		if err == unix.ENOTSOCK || err == unix.EBADF {
			return nil // the call was made
		}
		return err
	case "book":
		b := make([]byte, 8)
		if _, err := unix.Pwrite(number, b, 0); err != nil {
			return err
		}
		for _, err := range []error{unix.Fdatasync(number), unix.Fsync(number), unix.Ftruncate(number, 4096), unix.Flock(number, unix.LOCK_UN)} {
			if err != nil {
				return err
			}
		}
		return nil
	case "read":
		_, err := unix.Pread(number, make([]byte, 8), 0)
		return err
	case "map":
		_, err := unix.Mmap(number, 0, 4096, unix.PROT_READ, unix.MAP_SHARED)
		return err
	case "clock":
		_, err := unix.Adjtimex(&unix.Timex{})
		return err
	case "set clock":
		_, err := unix.Adjtimex(&unix.Timex{Modes: unix.ADJ_STATUS})
		return err
	}
	return fmt.Errorf("no test %q", verb+"="+arg)
}

func other(family, kind, protocol int) error {
	_, err := unix.Socket(family, kind, protocol)
	return err
}

// What the programs that have to do with a network may, and what they may not.
func TestNetwork(t *testing.T) {
	pure(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), make([]byte, 8192), 0o666); err != nil {
		t.Fatal(err)
	}
	port := "refused"
	if version, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, 1); e != 0 || version < 4 {
		port = "worked" // said by "connects" of the manifest
		t.Logf("this kernel does not bound ports: Landlock %d, %v", version, e)
	}
	allowed := fmt.Sprint(allowedPort)
	for _, c := range []struct{ what, want string }{
		{"dialer live", "worked"}, {"dialer connect=" + allowed, "worked"}, {"dialer connect=53", "worked"}, {"dialer connect=80", port},
		{"dialer udp=53", "worked"}, {"dialer udp=9", "worked"}, // nothing bounds UDP
		{"plain connect=" + allowed, "worked"}, {"plain connect=53", port}, {"plain udp=53", "killed"}, {"plain open=/dev/null", "killed"},
		{"dialer made=option", "worked"}, {"dialer made=other option", "killed"}, {"dialer made=message", "killed"},
		{"dialer made=bind", "killed"}, {"dialer made=listen", "killed"}, {"dialer made=accept", "killed"},
		{"dialer kind=0", "killed"}, {"dialer kind=1", "killed"}, {"dialer kind=2", "killed"}, {"dialer kind=3", "killed"}, {"dialer kind=4", "killed"},
		{"dialer exec", "killed"}, {"dialer create=" + filepath.Join(dir, "new"), "killed"}, {"dialer ioctl", "killed"}, {"dialer book=3", "killed"},
		{"courier connect=" + allowed, "killed"}, {"courier udp=53", "killed"}, {"courier receive=4", "worked"}, {"courier receive=0", "killed"},
		{"warden receive=9", "worked"}, {"warden receive=4", "killed"}, {"warden connect=" + allowed, "killed"},
		{"ledger live", "worked"}, {"ledger book=50", "worked"}, {"ledger book=51", "killed"}, {"warden book=50", "killed"}, {"ledger map=50", "killed"}, {"ledger read=50", "killed"},
		{"ledger open=/dev/null", "killed"}, {"ledger clock", "worked"}, {"warden clock", "worked"}, {"ledger set clock", "refused"}, {"courier clock", "killed"},
	} {
		if got := runs(t, c.what, nil, "DIR="+dir); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}
