package wire

import (
	"context"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// port is one that stays taken while nobody listens on it, so that the kernel refuses connections and
// gives it to no other program.
type port struct {
	fd      int
	address string
}

// hold takes a free port of this computer.
func hold() (*port, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	p := &port{fd: fd}
	unix.CloseOnExec(fd)
	err = share(fd)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	var at unix.Sockaddr
	if err == nil {
		at, err = unix.Getsockname(fd)
	}
	if err != nil {
		p.free()
		return nil, fmt.Errorf("wire: %w", err)
	}
	p.address = fmt.Sprintf("127.0.0.1:%d", at.(*unix.SockaddrInet4).Port)
	return p, nil
}

// share lets the listener have the same port.
func share(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) }

// listen listens on it.
func (p *port) listen() (net.Listener, error) {
	c := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var err error
		if e := raw.Control(func(fd uintptr) { err = share(int(fd)) }); e != nil {
			return e
		}
		return err
	}}
	return c.Listen(context.Background(), "tcp4", p.address)
}

func (p *port) free() { _ = unix.Close(p.fd) }
