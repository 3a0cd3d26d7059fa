// Package lease says what a network may tell this device to be: an address, a gateway, name servers,
// for how long. Both halves of the scout know it: the asker, which hears it from a stranger, and the
// setter, which believes neither. It is pure: it asks no network and sets nothing. It stands beside
// the data path.
package lease

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Bounds of a lease.
const (
	MaxNames = 3 // as many as a resolver asks
	// Shortest is the least time of a lease: it is renewed at half of it, and each renewal costs.
	Shortest = 10 * time.Second
	// Longest is what a longer one, or one for ever, is taken for.
	Longest = 30 * 24 * time.Hour
	// A network of fewer hosts has none to speak with, one of more is a slip.
	widest, narrowest = 8, 30
)

// ErrBounds is wrapped by all errors of Check.
var ErrBounds = errors.New("lease: outside of what is allowed")

// Lease is what an interface is set to. It is comparable; the zero value is none.
type Lease struct {
	Address netip.Prefix         // of this device, with the width of its network
	Gateway netip.Addr           // the zero value for none
	Names   [MaxNames]netip.Addr // servers of names, the zero value from some place on
	For     time.Duration        // whole seconds; 0 for good, which only a configuration may say
}

// Check tells whether an interface may be set to it. lent is a lease of a server, which ends. The error
// wraps ErrBounds.
func (l *Lease) Check(lent bool) error {
	a, bits := l.Address.Addr(), l.Address.Bits()
	if err := Host(a); err != nil {
		return fmt.Errorf("%w: address: %w", ErrBounds, err)
	}
	if bits < widest || bits > narrowest {
		return fmt.Errorf("%w: network /%d, want /%d to /%d", ErrBounds, bits, widest, narrowest)
	}
	if err := within(l.Address, a); err != nil {
		return fmt.Errorf("%w: address: %w", ErrBounds, err)
	}
	if g := l.Gateway; g.IsValid() {
		err := Host(g)
		switch {
		case err != nil:
		case g == a:
			err = errors.New("it is the address of this device")
		default:
			err = within(l.Address, g)
		}
		if err != nil {
			return fmt.Errorf("%w: gateway %v: %w", ErrBounds, g, err)
		}
	}
	last := false
	for _, n := range l.Names {
		if !n.IsValid() {
			last = true
			continue
		}
		err := Host(n)
		if last {
			err = errors.New("behind a place without one")
		}
		if err != nil {
			return fmt.Errorf("%w: name server %v: %w", ErrBounds, n, err)
		}
	}
	switch {
	case !lent && l.For == 0:
		return nil
	case l.For < Shortest || l.For > Longest || l.For%time.Second != 0:
		return fmt.Errorf("%w: for %v, want %v to %v", ErrBounds, l.For, Shortest, Longest)
	}
	return nil
}

// Host tells whether an address may be that of one machine of a network, of version 4: not a group, not
// this machine, not everybody, not what has no owner. (RFC 6890)
func Host(a netip.Addr) error {
	switch b := a.As16(); {
	case !a.Is4():
		return errors.New("not of version 4")
	case a.IsUnspecified() || b[12] == 0:
		return errors.New("it means no machine")
	case a.IsLoopback():
		return errors.New("it means a machine itself")
	case a.IsMulticast() || b[12] >= 240:
		return errors.New("it means no single machine")
	case a.IsLinkLocalUnicast():
		return errors.New("nobody gives such an address")
	}
	return nil
}

// within tells whether an address is that of a machine in a network: not the first, which is its name,
// and not the last, which means everybody.
func within(p netip.Prefix, a netip.Addr) error {
	if !p.Contains(a) {
		return fmt.Errorf("not in %v", p.Masked())
	}
	b, rest := a.As4(), uint32(1)<<(32-p.Bits())-1
	host := (uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])) & rest
	if host == 0 || host == rest {
		return fmt.Errorf("the first or last of %v", p.Masked())
	}
	return nil
}

// Servers are the name servers that are there.
func (l *Lease) Servers() (all []netip.Addr) {
	for _, n := range l.Names {
		if n.IsValid() {
			all = append(all, n)
		}
	}
	return all
}

// Add adds a name server if it is one, there is room, and it is not there yet.
func (l *Lease) Add(a netip.Addr) {
	if Host(a) != nil {
		return
	}
	for i, n := range l.Names {
		if n == a {
			return
		}
		if !n.IsValid() {
			l.Names[i] = a
			return
		}
	}
}

// String says it in words, without how long it is for.
func (l *Lease) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v", l.Address)
	if l.Gateway.IsValid() {
		fmt.Fprintf(&b, ", gateway %v", l.Gateway)
	} else {
		b.WriteString(", no gateway")
	}
	if all := l.Servers(); len(all) > 0 {
		fmt.Fprintf(&b, ", names %v", strings.Trim(fmt.Sprint(all), "[]"))
	} else {
		b.WriteString(", no name server")
	}
	return b.String()
}
