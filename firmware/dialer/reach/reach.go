// Package reach makes a connection to an address: it finds the name, tries every address that it has,
// and says in one word what came of it. It uses Go's own resolver and no other program's. It sends
// nothing on the connection.
package reach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"tellijn/firmware/dialer/line"
	"tellijn/firmware/dialer/serve"
)

// Patience is how long it may take to find the name and try all addresses.
const Patience = 20 * time.Second

// Target is an address as the configuration names it.
type Target struct {
	Address string
	Port    uint16
	Named   bool // its host is a name, so that somebody has to be asked for its addresses
}

// Parse takes host:port, with a port in digits and a host that is a name or an address, in brackets for
// one of version 6.
func Parse(address string) (Target, error) {
	host, digits, err := net.SplitHostPort(address)
	if err != nil {
		return Target{}, fmt.Errorf("reach: address %q, want host:port", address)
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 {
		return Target{}, fmt.Errorf("reach: port %q, want digits, 1 to 65535", digits)
	}
	if len(host) == 0 || len(host) > 253 { // RFC 1035, 2.3.4
		return Target{}, fmt.Errorf("reach: host of %d letters, want 1 to 253", len(host))
	}
	_, err = netip.ParseAddr(host)
	return Target{address, uint16(port), err != nil}, nil
}

// Connect makes one connection.
func (t Target) Connect() (serve.Conn, line.Status) { return t.within(Patience) }

// within is Connect with another patience.
func (t Target) within(patience time.Duration) (serve.Conn, line.Status) {
	d := net.Dialer{Timeout: patience, Resolver: &net.Resolver{PreferGo: true}, KeepAliveConfig: alive()}
	d.SetMultipathTCP(false) // whatever the environment says
	c, err := d.DialContext(context.Background(), "tcp", t.Address)
	if err != nil {
		return nil, status(err)
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		c.Close()
		return nil, line.Unreachable
	}
	return tcp, line.Connected
}

// alive asks a quiet connection now and then whether the other side is still there, so that whoever keeps
// the table of connections on the way does not forget it. Go's own 15 s would be 380 KB a day.
func alive() net.KeepAliveConfig {
	return net.KeepAliveConfig{Enable: true, Idle: 5 * time.Minute, Interval: time.Minute, Count: 3}
}

// status says an error in one word. The name comes first, for its errors may be any of the others too.
func status(err error) line.Status {
	var name *net.DNSError
	var timed net.Error
	switch {
	case errors.As(err, &name):
		return line.NoName
	case errors.Is(err, syscall.ECONNREFUSED):
		return line.Refused
	case errors.As(err, &timed) && timed.Timeout():
		return line.TimedOut
	}
	return line.Unreachable
}
