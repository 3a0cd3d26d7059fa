package ask

import (
	"errors"
	"net"
	"os"
	"time"
)

// conn is a connection that somebody else made. It is no net.TCPConn, which would ask the kernel for
// addresses and set options, and no bare os.File, which would have the kernel copy from files with
// calls that the courier may not make.
type conn struct{ file *os.File }

// Read reads what the other side sent. The error is io.EOF when it hung up.
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.file.Read(b)
	return n, explain("read", err)
}

// Write sends all of b.
func (c *conn) Write(b []byte) (int, error) {
	n, err := c.file.Write(b)
	return n, explain("write", err)
}

// Close hangs up.
func (c *conn) Close() error { return explain("close", c.file.Close()) }

// SetDeadline bounds Read and Write.
func (c *conn) SetDeadline(t time.Time) error { return explain("set", c.file.SetDeadline(t)) }

// SetReadDeadline bounds Read.
func (c *conn) SetReadDeadline(t time.Time) error { return explain("set", c.file.SetReadDeadline(t)) }

// SetWriteDeadline bounds Write.
func (c *conn) SetWriteDeadline(t time.Time) error { return explain("set", c.file.SetWriteDeadline(t)) }

// LocalAddr is a word: the courier has no address.
func (c *conn) LocalAddr() net.Addr { return end("courier") }

// RemoteAddr is a word: only the dialer knows the address.
func (c *conn) RemoteAddr() net.Addr { return end("collector") }

// end is an address that is only a word.
type end string

// Network is that of the dialer's connections.
func (e end) Network() string { return "tcp" }

// String is the word.
func (e end) String() string { return string(e) }

// explain turns the errors of a file into those of a connection, as its users know them.
func explain(op string, err error) error {
	var p *os.PathError
	if !errors.As(err, &p) {
		return err
	}
	why := p.Err
	if errors.Is(why, os.ErrClosed) {
		why = net.ErrClosed
	}
	return &net.OpError{Op: op, Net: "tcp", Addr: end("collector"), Err: why}
}
