package asker

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"tellijn/firmware/scout/dhcp"
	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/sntp"
	"tellijn/firmware/scout/talk"
)

// line is the setter's side of a line in memory.
type line struct {
	orders chan talk.Message
	said   chan talk.Message
}

func (l *line) Send(m talk.Message, _ int) error { l.said <- m; return nil }
func (l *line) Receive() (talk.Message, int, error) {
	m, ok := <-l.orders
	if !ok {
		return m, -1, io.EOF
	}
	return m, 7, nil
}

// network is a packet socket behind which a server of leases sits.
type network struct {
	t      *testing.T
	in     chan []byte
	mu     sync.Mutex
	closed bool
	deaf   bool
	spoil  func(*dhcpv4.DHCPv4)
	asked  int
}

func (n *network) Read(b []byte) (int, bool, error) {
	f, ok := <-n.in
	if !ok {
		return 0, false, net.ErrClosed
	}
	return copy(b, f), false, nil
}

func (n *network) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.closed {
		n.closed = true
		close(n.in)
	}
	return nil
}

const head = 14 + 20 + 8

func (n *network) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	m, err := dhcpv4.FromBytes(b[head:])
	if err != nil {
		n.t.Error(err)
		return 0, err
	}
	if n.deaf {
		return len(b), nil
	}
	kind := dhcpv4.MessageTypeAck
	if m.MessageType() == dhcpv4.MessageTypeDiscover {
		kind = dhcpv4.MessageTypeOffer
	}
	r, err := dhcpv4.NewReplyFromRequest(m, dhcpv4.WithMessageType(kind), dhcpv4.WithYourIP(net.IPv4(192, 0, 2, 5)), dhcpv4.WithNetmask(net.CIDRMask(24, 32)),
		dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.IPv4(192, 0, 2, 1))), dhcpv4.WithOption(dhcpv4.OptDNS(net.IPv4(192, 0, 2, 1))),
		dhcpv4.WithOption(dhcpv4.OptNTPServers(net.IPv4(192, 0, 2, 123))), dhcpv4.WithLeaseTime(10))
	if err != nil {
		n.t.Error(err)
		return 0, err
	}
	if n.spoil != nil {
		n.spoil(r)
	}
	f := dhcp.Wrap([6]byte{2}, netip.MustParseAddr("192.0.2.1"), r.ToBytes())
	f[head-8], f[head-7], f[head-6], f[head-5] = 0, 67, 0, 68
	n.in <- f
	return len(b), nil
}

// started is an asker at work.
func started(t *testing.T, n *network, servers []string, ask func(string, []netip.Addr) (sntp.Answer, error)) *line {
	t.Helper()
	l := &line{make(chan talk.Message), make(chan talk.Message, 100)}
	n.t, n.in = t, make(chan []byte, 10)
	began, ended := time.Now(), make(chan error, 1)
	s := Setup{Line: l, Servers: servers, Boot: func() time.Duration { return time.Since(began) }, Random: func() uint32 { return 4 },
		Open: func(fd int) Packets {
			if fd != 7 {
				t.Errorf("descriptor %d", fd)
			}
			return n
		},
		Pipe: func(int) io.ReadCloser { return io.NopCloser(strings.NewReader("wlan0: CTRL-EVENT-CONNECTED - x\n")) }, Ask: ask}
	go func() { ended <- Run(s) }()
	t.Cleanup(func() {
		close(l.orders)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *line) hears(t *testing.T, kind talk.Kind) talk.Message {
	t.Helper()
	for end := time.After(15 * time.Second); ; {
		select {
		case m := <-l.said:
			if m.Kind == kind {
				return m
			}
		case <-end:
			t.Fatalf("nothing of kind %d", kind)
		}
	}
}

// TestRun has a network with everything, which then goes away.
func TestRun(t *testing.T) {
	n := new(network)
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	l := started(t, n, nil, func(server string, names []netip.Addr) (sntp.Answer, error) {
		if server != "192.0.2.123:123" || len(names) != 1 {
			t.Errorf("asks %s with %v", server, names)
		}
		return sntp.Answer{Boot: 5, Time: at}, nil
	})
	l.orders <- talk.Message{Kind: talk.Link, Index: 3, MAC: [6]byte{2}, Lent: true}
	m := l.hears(t, talk.Leased)
	if m.Index != 3 || m.Lease.Address.String() != "192.0.2.5/24" || m.Lease.For != 10*time.Second {
		t.Errorf("%+v", m)
	}
	if m := l.hears(t, talk.Sample); !m.Time.Equal(at) || m.Boot != 5 {
		t.Errorf("%+v", m)
	}
	if m := l.hears(t, talk.Leased); m.Lease.For != 10*time.Second { // renewed at half
		t.Errorf("%+v", m)
	}
	n.mu.Lock()
	n.deaf = true
	n.mu.Unlock()
	if m := l.hears(t, talk.Gone); m.Index != 3 {
		t.Errorf("%+v", m)
	}
	l.orders <- talk.Message{Kind: talk.NoLink}
	l.orders <- talk.Message{Kind: talk.Radio}
	if m := l.hears(t, talk.Word); m.Code != talk.Associated {
		t.Errorf("%+v", m)
	}
}

// TestWords has time servers that give no time, one reason each.
func TestWords(t *testing.T) {
	for want, err := range map[talk.Code]error{talk.Kissed: sntp.ErrLess, talk.BadTime: sntp.ErrBad, talk.NoName: ErrName, talk.NoTime: errors.New("else")} {
		l := started(t, new(network), []string{"a:123"}, func(string, []netip.Addr) (sntp.Answer, error) { return sntp.Answer{}, err })
		l.orders <- talk.Message{Kind: talk.Link, Index: 3, Lease: lease.Lease{Address: netip.MustParsePrefix("192.0.2.5/24")}}
		if m := l.hears(t, talk.Word); m.Code != want {
			t.Errorf("%v: word %d, want %d", err, m.Code, want)
		}
	}
	l := started(t, new(network), nil, nil)
	l.orders <- talk.Message{Kind: talk.Link, Index: 3, Lease: lease.Lease{Address: netip.MustParsePrefix("192.0.2.5/24")}}
	if m := l.hears(t, talk.Word); m.Code != talk.NoTimes {
		t.Errorf("%+v", m)
	}
	n := &network{spoil: func(m *dhcpv4.DHCPv4) { m.UpdateOption(dhcpv4.OptIPAddressLeaseTime(0)) }}
	l = started(t, n, nil, nil)
	l.orders <- talk.Message{Kind: talk.Link, Index: 3, MAC: [6]byte{2}, Lent: true}
	if m := l.hears(t, talk.Word); m.Code != talk.BadOffer {
		t.Errorf("%+v", m)
	}
}

func TestHeard(t *testing.T) {
	for text, want := range map[string]talk.Code{
		"wlan0: CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=]": talk.Associated,
		"wlan0: CTRL-EVENT-EAP-TLS-CERT-ERROR reason=1 depth=1 subject='/CN=Uni'":                talk.WrongPeer,
		"wlan0: WPA: 4-Way Handshake failed - pre-shared key may be incorrect":                   talk.WrongKey,
		"wlan0: CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"Door\" reason=WRONG_KEY":               talk.WrongKey,
		"wlan0: CTRL-EVENT-EAP-FAILURE EAP authentication failed":                                talk.NotLetIn,
		"wlan0: CTRL-EVENT-NETWORK-NOT-FOUND ":                                                   talk.NoStation,
		"wlan0: Trying to associate":                                                             0,
		"":                                                                                       0,
	} {
		if got := Heard([]byte(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func FuzzHeard(f *testing.F) {
	f.Add([]byte("CTRL-EVENT-CONNECTED"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c := Heard(b); c != 0 && (c < talk.WrongKey || c > talk.Associated) {
			t.Fatalf("%q is word %d", b, c)
		}
		to := make(chan talk.Code)
		go func() { listen(io.NopCloser(strings.NewReader(string(b))), to); close(to) }()
		for range to {
		}
	})
}
