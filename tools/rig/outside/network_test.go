package outside

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"tellijn/tools/rig/segment"
	"tellijn/tools/rig/segment/packet"
)

// board is the other end of the cable.
type board struct {
	t    *testing.T
	conn net.Conn
}

// start starts what is outside of a board, and the board.
func start(t *testing.T, o Options) (*Outside, board) {
	t.Helper()
	dir, err := os.MkdirTemp("", "out") // short, for the path of the socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	o.Dir = dir
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	out, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", out.Wire)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
	return out, board{t, conn}
}

func (b board) send(p packet.Packet) {
	p.From, p.To = packet.MAC{0x52, 0x54, 0, 1, 2, 3}, packet.Broadcast()
	f := p.Bytes()
	b.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(f))), f...)) // if it is out, nothing comes back
}

// wait is for what should come, and for what should not.
func wait(come bool) time.Duration {
	if come {
		return 10 * time.Second
	}
	return 300 * time.Millisecond
}

// hear gives the next packet; ok is false if none comes within d.
func (b board) hear(d time.Duration) (p packet.Packet, ok bool) {
	b.conn.SetReadDeadline(time.Now().Add(d))
	var head [4]byte
	if _, err := io.ReadFull(b.conn, head[:]); err != nil {
		return p, false
	}
	f := make([]byte, binary.BigEndian.Uint32(head[:]))
	if _, err := io.ReadFull(b.conn, f); err != nil {
		return p, false
	}
	p, err := packet.Parse(f)
	return p, err == nil
}

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// time asks a clock that should answer or not, and tells what it says, in whole seconds.
func (b board) time(want bool) (time.Time, bool) {
	ask := make([]byte, 48)
	ask[0] = 4<<3 | 3
	b.send(packet.Packet{Kind: packet.IPv4, Protocol: packet.UDP, Src: at(segment.Device + ":5000"), Dst: at(segment.Clock + ":123"), Data: ask})
	p, ok := b.hear(wait(want))
	if !ok || len(p.Data) < 48 {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint32(p.Data[40:]))-2208988800, 0).UTC(), true // RFC 5905 6
}

// lease asks for an address, which should come or not.
func (b board) lease(want bool) bool {
	b.t.Helper()
	ask, err := dhcpv4.NewDiscovery(net.HardwareAddr{0x52, 0x54, 0, 1, 2, 3})
	if err != nil {
		b.t.Fatal(err)
	}
	b.send(packet.Packet{Kind: packet.IPv4, Protocol: packet.UDP, Src: at("0.0.0.0:68"), Dst: at("255.255.255.255:67"), Data: ask.ToBytes()})
	_, ok := b.hear(wait(want))
	return ok
}

// TestNetwork: whatever is done to the network, the board meets that and nothing else, and it is counted.
func TestNetwork(t *testing.T) {
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	out, b := start(t, Options{Now: func() time.Time { return now }})
	n := out.Network()
	met := func(what string, leased, answered bool, at time.Time) {
		t.Helper()
		if l := b.lease(leased); l != leased {
			t.Errorf("%s: a lease: %v", what, l)
		}
		if said, a := b.time(answered); a != answered || a && !said.Equal(at) {
			t.Errorf("%s: the time: %v, %v", what, said, a)
		}
	}
	struck := int64(0)
	more := func(what string, err error, want bool) {
		t.Helper()
		if s := n.Struck(); err != nil || (s > struck) != want {
			t.Errorf("%s: %v, struck %d times after %d", what, err, s, struck)
		}
		struck = n.Struck()
	}
	met("at first", true, true, now)
	more("at first", nil, false)
	err := n.Mute(true)
	met("mute", false, true, now)
	more("mute", err, false)
	n.Mute(false)
	err = n.Clocks(time.Hour, false)
	met("an hour off", true, true, now.Add(time.Hour))
	more("an hour off", err, true)
	err = n.Clocks(0, true)
	met("silent clocks", true, false, now)
	more("silent clocks", err, true)
	n.Clocks(0, false)
	err = n.Weather(0, 100)
	met("bad weather", false, false, now)
	more("bad weather", err, true)
	n.Weather(0, 0)
	before := n.Sent()
	err = n.Cut(true)
	met("cut", false, false, now)
	more("cut", err, true)
	if sent := n.Sent(); sent["udp to 192.0.2.2:123"] != 5 || before["udp to 192.0.2.2:123"] != 5 {
		t.Errorf("sent %v, and %v with the cable cut; want 5 questions for the time", before, sent)
	}
	n.Cut(false)
	met("in the end", true, true, now)
}

// TestAbsent: what a scenario wants to be missing from the start is missing.
func TestAbsent(t *testing.T) {
	for _, o := range []Options{{NoTime: true}, {Mute: true}} {
		_, b := start(t, o)
		_, told := b.time(!o.NoTime)
		if leased := b.lease(!o.Mute); leased == o.Mute || told == o.NoTime {
			t.Errorf("%+v: a lease: %v, the time: %v", o, leased, told)
		}
	}
}

// TestScan looks for ports of a board that says of all but some that they are closed.
func TestScan(t *testing.T) {
	for _, c := range []struct {
		name string
		open []uint16
		good bool
	}{{"one port", []uint16{22}, true}, {"two hundred ports", most(200), false}} {
		out, b := start(t, Options{})
		go func() {
			for {
				p, ok := b.hear(time.Minute)
				if !ok {
					return
				}
				back := packet.Packet{Kind: packet.IPv4, Protocol: p.Protocol, Src: p.Dst, Dst: p.Src, Ack: p.Seq + 1, Flags: packet.RST | packet.ACK}
				if p.Protocol == packet.TCP && slices.Contains(c.open, p.Dst.Port()) {
					back.Flags = packet.SYN | packet.ACK
				}
				if p.Protocol == packet.UDP || p.Flags == packet.SYN {
					b.send(back)
				}
			}
		}()
		ports, err := out.Network().Scan(t.Context())
		want := []int{7, 9, 13, 19, 53, 67, 68, 69} // UDP ports that answer, of those that are asked
		for i := range c.open {
			want = slices.Insert(want, i, int(c.open[i]))
		}
		if !slices.Equal(ports, want) || (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), "too few answers") {
			t.Errorf("%s: %v, %v; want %v", c.name, ports, err, want)
		}
	}
}

// most are so many ports.
func most(n int) (all []uint16) {
	for i := range n {
		all = append(all, uint16(1000+i))
	}
	return all
}
