package lease

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func good() Lease {
	return Lease{Address: netip.MustParsePrefix("192.0.2.5/24"), Gateway: netip.MustParseAddr("192.0.2.1"),
		Names: [MaxNames]netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.7")}, For: time.Hour}
}

func TestCheck(t *testing.T) {
	a, p := netip.MustParseAddr, netip.MustParsePrefix
	for _, c := range []struct {
		name   string
		change func(*Lease)
		want   string // "" is fine
	}{
		{"as it is", func(*Lease) {}, ""},
		{"no gateway, no names", func(l *Lease) { l.Gateway, l.Names = netip.Addr{}, [MaxNames]netip.Addr{} }, ""},
		{"the widest", func(l *Lease) { l.Address = p("10.0.0.1/8"); l.Gateway = a("10.255.255.254") }, ""},
		{"the narrowest", func(l *Lease) { l.Address, l.Gateway = p("10.0.0.1/30"), a("10.0.0.2") }, ""},
		{"the shortest", func(l *Lease) { l.For = Shortest }, ""},
		{"the longest", func(l *Lease) { l.For = Longest }, ""},
		{"nothing", func(l *Lease) { *l = Lease{} }, "address"},
		{"no address", func(l *Lease) { l.Address = p("0.0.0.0/24") }, "no machine"},
		{"this network", func(l *Lease) { l.Address = p("0.1.2.3/24") }, "no machine"},
		{"itself", func(l *Lease) { l.Address = p("127.0.0.5/8") }, "a machine itself"},
		{"a group", func(l *Lease) { l.Address = p("224.0.0.5/24") }, "no single machine"},
		{"nobody knows", func(l *Lease) { l.Address = p("240.0.0.5/24") }, "no single machine"},
		{"everybody", func(l *Lease) { l.Address = p("255.255.255.255/24") }, "no single machine"},
		{"its own", func(l *Lease) { l.Address = p("169.254.1.5/16") }, "nobody gives"},
		{"version 6", func(l *Lease) { l.Address = p("2001:db8::5/24") }, "version 4"},
		{"the network itself", func(l *Lease) { l.Address = p("192.0.2.0/24") }, "first or last"},
		{"the whole network", func(l *Lease) { l.Address = p("192.0.2.255/24") }, "first or last"},
		{"one machine", func(l *Lease) { l.Address = p("192.0.2.5/32") }, "/32"},
		{"two machines", func(l *Lease) { l.Address = p("192.0.2.5/31") }, "/31"},
		{"everything", func(l *Lease) { l.Address = p("192.0.2.5/7") }, "/7"},
		{"a gateway elsewhere", func(l *Lease) { l.Gateway = a("192.0.3.1") }, "not in 192.0.2.0/24"},
		{"a gateway that is itself", func(l *Lease) { l.Gateway = a("192.0.2.5") }, "address of this device"},
		{"a gateway that is everybody", func(l *Lease) { l.Gateway = a("192.0.2.255") }, "first or last"},
		{"a gateway that is a group", func(l *Lease) { l.Gateway = a("224.0.0.1") }, "gateway"},
		{"names from itself", func(l *Lease) { l.Names[1] = a("127.0.0.53") }, "name server 127.0.0.53"},
		{"names from a group", func(l *Lease) { l.Names[0] = a("224.0.0.251") }, "name server"},
		{"names behind a gap", func(l *Lease) { l.Names[0] = netip.Addr{} }, "behind a place"},
		{"for no time", func(l *Lease) { l.For = 0 }, "for 0s"},
		{"for hardly any", func(l *Lease) { l.For = Shortest - time.Second }, "for 9s"},
		{"for ever", func(l *Lease) { l.For = Longest + time.Second }, "for "},
		{"for parts of seconds", func(l *Lease) { l.For += time.Millisecond }, "for "},
		{"for less than no time", func(l *Lease) { l.For = -time.Hour }, "for "},
	} {
		l := good()
		c.change(&l)
		err := l.Check(true)
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, ErrBounds) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	l := good()
	if l.For = 0; l.Check(false) != nil {
		t.Error("a configuration cannot be for good")
	}
	l.For = time.Second
	if l.Check(false) == nil {
		t.Error("a configuration for a second")
	}
}

// TestAny holds whatever passes to what every machine of a network knows.
func TestAny(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		some := func(name string) netip.Addr {
			return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(r, name)))
		}
		l := Lease{Address: netip.PrefixFrom(some("address"), rapid.IntRange(0, 32).Draw(r, "bits")), Gateway: some("gateway"), For: time.Hour}
		if rapid.Bool().Draw(r, "near") {
			b := l.Address.Addr().As4()
			b[3] = rapid.Byte().Draw(r, "last")
			l.Gateway = netip.AddrFrom4(b)
		}
		l.Add(some("name"))
		if l.Check(true) != nil {
			return
		}
		a := l.Address.Addr()
		if !a.IsGlobalUnicast() || !l.Gateway.IsGlobalUnicast() || !l.Address.Contains(l.Gateway) || l.Gateway == a || l.Address.Masked().Addr() == a {
			r.Fatalf("%v passed", &l)
		}
		for _, n := range l.Servers() {
			if !n.IsGlobalUnicast() {
				r.Fatalf("name server %v", n)
			}
		}
	})
}

func TestAddAndWords(t *testing.T) {
	var l Lease
	l.Address = netip.MustParsePrefix("10.0.0.2/8")
	if l.String() != "10.0.0.2/8, no gateway, no name server" {
		t.Error(l.String())
	}
	for _, s := range []string{"127.0.0.1", "10.0.0.1", "10.0.0.1", "::1", "10.0.0.3", "10.0.0.4", "10.0.0.5"} {
		l.Add(netip.MustParseAddr(s))
	}
	l.Gateway = netip.MustParseAddr("10.0.0.1")
	if l.String() != "10.0.0.2/8, gateway 10.0.0.1, names 10.0.0.1 10.0.0.3 10.0.0.4" {
		t.Error(l.String())
	}
}
