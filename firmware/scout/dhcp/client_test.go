package dhcp

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"tellijn/firmware/scout/lease"
)

// server is one that is asked directly, and what it would say.
type server struct {
	own, give string
	mask      int
	seconds   uint32
	renew     uint32
	kind      dhcpv4.MessageType // instead of the right one
	spoil     func(*dhcpv4.DHCPv4)
	discovers int
	requests  int
	renewals  int
	requested net.IP
}

func mac() [6]byte { return [6]byte{2, 0, 0, 0, 0, 9} }

// answer answers a frame.
func (s *server) answer(t *testing.T, frame []byte) []byte {
	t.Helper()
	m := sent(t, frame)
	r, err := dhcpv4.NewReplyFromRequest(m, dhcpv4.WithYourIP(net.ParseIP(s.give)), dhcpv4.WithNetmask(net.CIDRMask(s.mask, 32)),
		dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.ParseIP(s.own))), dhcpv4.WithOption(dhcpv4.OptRouter(net.ParseIP(s.own))),
		dhcpv4.WithOption(dhcpv4.OptDNS(net.ParseIP(s.own), net.ParseIP("127.0.0.1"))), dhcpv4.WithOption(dhcpv4.OptNTPServers(net.ParseIP("192.0.2.123"))),
		dhcpv4.WithLeaseTime(s.seconds))
	if err != nil {
		t.Fatal(err)
	}
	if s.renew > 0 {
		r.UpdateOption(dhcpv4.OptGeneric(dhcpv4.OptionRenewTimeValue, []byte{byte(s.renew >> 24), byte(s.renew >> 16), byte(s.renew >> 8), byte(s.renew)}))
	}
	kind := dhcpv4.MessageTypeAck
	switch {
	case m.MessageType() == dhcpv4.MessageTypeDiscover:
		s.discovers++
		s.requested = m.RequestedIPAddress()
		kind = dhcpv4.MessageTypeOffer
	case !m.ClientIPAddr.IsUnspecified():
		s.renewals++
	default:
		s.requests++
	}
	if s.kind != 0 {
		kind = s.kind
	}
	r.UpdateOption(dhcpv4.OptMessageType(kind))
	if s.spoil != nil {
		s.spoil(r)
	}
	return r.ToBytes()
}

// sent is what a client sent, as a server sees it.
func sent(t *testing.T, frame []byte) *dhcpv4.DHCPv4 {
	t.Helper()
	if len(frame) < etherSize+ipSize+udpSize || string(frame[:6]) != "\xff\xff\xff\xff\xff\xff" || [6]byte(frame[6:12]) != mac() {
		t.Fatalf("frame %x", frame)
	}
	m, err := dhcpv4.FromBytes(frame[etherSize+ipSize+udpSize:])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ordinary() *server { return &server{own: "192.0.2.1", give: "192.0.2.5", mask: 24, seconds: 3600} }

// play lets a client and a server talk until a time, and gives what happened when.
func play(t *testing.T, c *Client, s *server, from, to time.Duration) (events []Event, at []time.Duration) {
	t.Helper()
	note := func(now time.Duration, e Event) {
		if e != Nothing {
			events, at = append(events, e), append(at, now)
		}
	}
	steps := 0
	for now := from; now <= to; now = max(c.Next(), now) {
		if steps++; steps > 20000 {
			t.Fatal("it does not rest")
		}
		frame, e := c.Step(now)
		note(now, e)
		for frame != nil && s != nil {
			frame, e = c.Hear(now, s.answer(t, frame))
			note(now, e)
		}
	}
	return events, at
}

func client(last string) *Client {
	n := uint32(1)
	a, _ := netip.ParseAddr(last)
	return New(mac(), a, func() uint32 { n = n*1664525 + 1013904223; return n }, 0)
}

func TestBound(t *testing.T) {
	c, s := client(""), ordinary()
	events, at := play(t, c, s, 0, 100*time.Minute)
	l := c.Lease()
	if want := (lease.Lease{Address: netip.MustParsePrefix("192.0.2.5/24"), Gateway: netip.MustParseAddr("192.0.2.1"),
		Names: [3]netip.Addr{netip.MustParseAddr("192.0.2.1")}, For: time.Hour}); l != want {
		t.Errorf("%v for %v", &l, l.For)
	}
	if tt := c.Times(); len(tt) != 1 || tt[0].String() != "192.0.2.123" {
		t.Errorf("times %v", tt)
	}
	if len(events) != 4 || at[1] != 30*time.Minute || at[2] != time.Hour || s.discovers != 1 || s.requests != 1 || s.renewals != 3 {
		t.Errorf("%v at %v, %+v", events, at, s)
	}
}

// TestEnd has a server that goes away: the lease ends when it ends, and a new one begins when it is back.
func TestEnd(t *testing.T) {
	c := client("")
	play(t, c, ordinary(), 0, time.Minute)
	events, at := play(t, c, nil, time.Minute, time.Hour+time.Minute)
	if len(events) != 2 || events[0] != Lost || at[0] != time.Hour || events[1] != Silent {
		t.Fatalf("%v at %v", events, at)
	}
	s := ordinary()
	if events, _ := play(t, c, s, time.Hour+time.Minute, time.Hour+4*time.Minute); len(events) != 1 || events[0] != Bound || s.requested.String() != "192.0.2.5" {
		t.Errorf("%v, asked for %v", events, s.requested)
	}
}

// TestTimes holds the first renewal to what the server says of it, if that makes sense.
func TestTimes(t *testing.T) {
	for renew, want := range map[uint32]time.Duration{0: 1800, 1200: 1200, 3000: 3000, 3599: 1800, 1: 1800, 1 << 31: 1800} {
		c, s := client(""), ordinary()
		s.renew = renew
		play(t, c, s, 0, time.Second)
		if c.Next() != want*time.Second {
			t.Errorf("renewal at %v s: %v, want %v s", renew, c.Next(), want)
		}
	}
	c, s := client(""), ordinary()
	s.seconds = 0xffffffff // for ever
	play(t, c, s, 0, time.Second)
	if c.Lease().For != lease.Longest {
		t.Errorf("for %v", c.Lease().For)
	}
}

// TestUnfit has servers that nobody should listen to: none gets anything set, and a good one does next.
func TestUnfit(t *testing.T) {
	for name, spoil := range map[string]func(*dhcpv4.DHCPv4){
		"for no time": func(m *dhcpv4.DHCPv4) { m.UpdateOption(dhcpv4.OptIPAddressLeaseTime(0)) },
		"no time":     func(m *dhcpv4.DHCPv4) { m.DeleteOption(dhcpv4.OptionIPAddressLeaseTime) },
		"half a time": func(m *dhcpv4.DHCPv4) {
			m.UpdateOption(dhcpv4.OptGeneric(dhcpv4.OptionIPAddressLeaseTime, []byte{1, 2}))
		},
		"gateway outside": func(m *dhcpv4.DHCPv4) { m.UpdateOption(dhcpv4.OptRouter(net.IPv4(198, 51, 100, 1))) },
		"no mask":         func(m *dhcpv4.DHCPv4) { m.DeleteOption(dhcpv4.OptionSubnetMask) },
		"mask with holes": func(m *dhcpv4.DHCPv4) { m.UpdateOption(dhcpv4.OptSubnetMask(net.IPv4Mask(255, 0, 255, 0))) },
		"a group":         func(m *dhcpv4.DHCPv4) { m.YourIPAddr = net.IPv4(224, 0, 0, 1) },
		"nothing":         func(m *dhcpv4.DHCPv4) { m.YourIPAddr = net.IPv4zero },
	} {
		c, s := client(""), ordinary()
		s.spoil = spoil
		events, _ := play(t, c, s, 0, 10*time.Second)
		for _, e := range events {
			if e != Unfit && e != Silent {
				t.Errorf("%s: %v", name, events)
			}
		}
		if len(events) == 0 || s.requests > 0 {
			t.Errorf("%s: %v, %d requests", name, events, s.requests)
		}
		s.spoil = nil
		if events, _ := play(t, c, s, 10*time.Second, 3*time.Minute); len(events) == 0 || events[len(events)-1] != Bound {
			t.Errorf("%s, then a good one: %v", name, events)
		}
	}
}

// TestUnfitLater has a server whose offer was fine: what it gives then is not, and neither is what it renews.
func TestUnfitLater(t *testing.T) {
	bad := func(m *dhcpv4.DHCPv4) {
		if m.MessageType() == dhcpv4.MessageTypeAck {
			m.UpdateOption(dhcpv4.OptRouter(net.IPv4(198, 51, 100, 1)))
		}
	}
	c, s := client(""), ordinary()
	s.spoil = bad
	if events, at := play(t, c, s, 0, 15*time.Second); len(events) < 1 || events[0] != Unfit || s.requests == 0 || at[0] != 0 || len(events) > 2 {
		t.Errorf("%v at %v after %d requests", events, at, s.requests)
	}
	c, s = client(""), ordinary()
	play(t, c, s, 0, time.Minute)
	s.spoil = bad
	events, at := play(t, c, s, time.Minute, 61*time.Minute)
	lost := slices.Index(events, Lost)
	if slices.Contains(events, Bound) || lost < 1 || at[lost] != time.Hour || c.Lease().Gateway.String() != "192.0.2.1" {
		t.Errorf("%v at %v: %v", events, at, &c.lease)
	}
}

// TestNotMeant has answers that are not meant for this client, or for this question: they change nothing.
func TestNotMeant(t *testing.T) {
	for name, spoil := range map[string]func(*dhcpv4.DHCPv4){
		"wrong number":      func(m *dhcpv4.DHCPv4) { m.TransactionID[3]++ },
		"another client":    func(m *dhcpv4.DHCPv4) { m.ClientHWAddr = net.HardwareAddr{2, 0, 0, 0, 0, 8} },
		"a short address":   func(m *dhcpv4.DHCPv4) { m.ClientHWAddr = net.HardwareAddr{2, 0} },
		"a request":         func(m *dhcpv4.DHCPv4) { m.OpCode = dhcpv4.OpcodeBootRequest },
		"no server":         func(m *dhcpv4.DHCPv4) { m.DeleteOption(dhcpv4.OptionServerIdentifier) },
		"a server nowhere":  func(m *dhcpv4.DHCPv4) { m.UpdateOption(dhcpv4.OptServerIdentifier(net.IPv4(127, 0, 0, 1))) },
		"no kind":           func(m *dhcpv4.DHCPv4) { m.DeleteOption(dhcpv4.OptionDHCPMessageType) },
		"an answer at once": func(m *dhcpv4.DHCPv4) { m.UpdateOption(dhcpv4.OptMessageType(dhcpv4.MessageTypeAck)) },
	} {
		c, s := client(""), ordinary()
		s.spoil = spoil
		if events, _ := play(t, c, s, 0, 3*time.Second); len(events) != 0 || s.requests != 0 {
			t.Errorf("%s: %v", name, events)
		}
	}
}

// TestRefusal has a server that takes back what it gave, and a stranger who says so.
func TestRefusal(t *testing.T) {
	c, s := client(""), ordinary()
	play(t, c, s, 0, time.Minute)
	stranger := ordinary()
	stranger.own, stranger.kind = "192.0.2.66", dhcpv4.MessageTypeNak
	if events, _ := play(t, c, stranger, time.Minute, 31*time.Minute); len(events) != 0 || stranger.renewals == 0 {
		t.Errorf("a stranger: %v", events)
	}
	s.kind = dhcpv4.MessageTypeNak
	events, at := play(t, c, s, 31*time.Minute, 45*time.Minute)
	if len(events) == 0 || events[0] != Refused {
		t.Fatalf("%v", events)
	}
	if frame, _ := c.Step(at[0] + calm - time.Second); frame != nil {
		t.Error("it goes on at once")
	}
}

// TestSilence sees that it asks less and less often.
func TestSilence(t *testing.T) {
	c, n := client(""), 0
	for now := time.Duration(0); now < time.Hour; now = c.Next() {
		if frame, _ := c.Step(now); frame != nil {
			n++
		}
	}
	if n < 40 || n > 90 {
		t.Errorf("%d frames in an hour", n)
	}
	if events, at := play(t, client(""), nil, 0, 5*time.Minute); len(events) != 1 || events[0] != Silent || at[0] > 30*time.Second {
		t.Errorf("%v at %v, want silence said once", events, at)
	}
}

// FuzzHear has anybody say anything at any time: a lease that comes of it is within bounds, and it goes on.
func FuzzHear(f *testing.F) {
	t := new(testing.T)
	c := client("")
	frame, _ := c.Step(0)
	s := ordinary()
	offer := s.answer(t, frame)
	f.Add(offer, offer, uint16(1))
	s.kind = dhcpv4.MessageTypeNak
	f.Add(offer, s.answer(t, frame), uint16(60))
	f.Add([]byte{2, 1, 6, 0}, []byte{}, uint16(9))
	f.Fuzz(func(t *testing.T, a, b []byte, seconds uint16) {
		c, now := client("192.0.2.5"), time.Duration(0)
		for _, m := range [][]byte{a, b, a} {
			if frame, _ := c.Step(now); frame != nil {
				sent(t, frame)
			}
			if len(m) >= 8 { // what a listener on the same network knows
				copy(m[4:8], []byte{byte(c.xid >> 24), byte(c.xid >> 16), byte(c.xid >> 8), byte(c.xid)})
			}
			frame, e := c.Hear(now, m)
			if frame != nil {
				sent(t, frame)
			}
			if l := c.Lease(); e == Bound && l.Check(true) != nil {
				t.Fatalf("bound to %v", &l)
			}
			if c.Next() < now {
				t.Fatal("it is late already")
			}
			now += time.Duration(seconds) * time.Second
		}
	})
}
