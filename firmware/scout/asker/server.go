package asker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tellijn/firmware/scout/sntp"
)

// ErrName says that the name of a server is not known, or that nobody is there to ask.
var ErrName = errors.New("asker: the name is not known")

// Ask asks a server, host:port, for the time. Its name is found by those name servers; what lies in files
// is not looked at. Sockets are connected: nobody else reaches them. boot is the time since the machine
// started.
func Ask(server string, names []netip.Addr, boot func() time.Duration) (sntp.Answer, error) {
	host, digits, err := net.SplitHostPort(server)
	if err != nil {
		return sntp.Answer{}, fmt.Errorf("%w: %w", ErrName, err)
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return sntp.Answer{}, fmt.Errorf("%w: %w", ErrName, err)
	}
	to, err := netip.ParseAddr(host)
	if err != nil {
		if to, err = find(host, names); err != nil {
			return sntp.Answer{}, err
		}
	}
	return sntp.Ask(func() (net.Conn, error) {
		return net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, uint16(port))))
	}, boot)
}

// find asks for the addresses of a name, by UDP only: a list too long for that has more than enough in it.
func find(host string, names []netip.Addr) (netip.Addr, error) {
	if len(names) == 0 {
		return netip.Addr{}, fmt.Errorf("%w: the network has no name server", ErrName)
	}
	n := 0
	r := net.Resolver{PreferGo: true, StrictErrors: false, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		if !strings.HasPrefix(network, "udp") {
			return nil, errors.New("asker: names are asked for by UDP")
		}
		to := names[n%len(names)]
		n++
		return net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(to, 53)))
	}}
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	found, err := r.LookupNetIP(ctx, "ip", strings.TrimSuffix(host, ".")+".")
	if err != nil || len(found) == 0 {
		return netip.Addr{}, fmt.Errorf("%w: %w", ErrName, err)
	}
	for _, a := range found {
		if a = a.Unmap(); a.Is4() {
			return a, nil
		}
	}
	return found[0], nil
}
