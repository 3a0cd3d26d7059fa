package segment

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"tellijn/tools/rig/segment/packet"
)

// card is the network card of a machine.
type card struct {
	t    *testing.T
	conn net.Conn
}

func mac() packet.MAC { return packet.MAC{0x52, 0x54, 0, 1, 2, 3} }

func plug(t *testing.T, o Options) (*Segment, *card) {
	t.Helper()
	dir, err := os.MkdirTemp("", "seg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s, err := Lay(filepath.Join(dir, "w"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	conn, err := net.Dial("unix", filepath.Join(dir, "w"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return s, &card{t, conn}
}

func (c *card) send(p packet.Packet) {
	c.t.Helper()
	p.From = mac()
	b := p.Bytes()
	if _, err := c.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)); err != nil {
		c.t.Fatal(err)
	}
}

// hear gives the next packet; ok is false if none comes within d.
func (c *card) hear(d time.Duration) (p packet.Packet, ok bool) {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(d))
	var head [4]byte
	if _, err := io.ReadFull(c.conn, head[:]); err != nil {
		return p, false
	}
	b := make([]byte, binary.BigEndian.Uint32(head[:]))
	if _, err := io.ReadFull(c.conn, b); err != nil {
		c.t.Fatal(err)
	}
	p, err := packet.Parse(b)
	if err != nil || len(b) < 60 {
		c.t.Fatalf("%+v of %d bytes, %v", p, len(b), err)
	}
	return p, true
}

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// TestLease asks for an address as RFC 2131 wants it.
func TestLease(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		s, c := plug(t, Options{Deaf: deaf})
		hw := net.HardwareAddr{0x52, 0x54, 0, 1, 2, 3}
		ask, err := dhcpv4.NewDiscovery(hw)
		if err != nil {
			t.Fatal(err)
		}
		say := func(m *dhcpv4.DHCPv4) (packet.Packet, bool) {
			c.send(packet.Packet{To: packet.Broadcast(), Kind: packet.IPv4, Protocol: packet.UDP, Src: at("0.0.0.0:68"), Dst: at("255.255.255.255:67"), Data: m.ToBytes()})
			if deaf {
				return c.hear(300 * time.Millisecond)
			}
			return c.hear(10 * time.Second)
		}
		p, ok := say(ask)
		if ok == deaf {
			t.Fatalf("deaf %v: answer %v", deaf, ok)
		}
		if deaf {
			continue
		}
		offer, err := dhcpv4.FromBytes(p.Data)
		if err != nil || offer.MessageType() != dhcpv4.MessageTypeOffer || offer.YourIPAddr.String() != Device || p.Dst.Port() != 68 {
			t.Fatalf("%v, %v", offer, err)
		}
		take, err := dhcpv4.NewRequestFromOffer(offer)
		if err != nil {
			t.Fatal(err)
		}
		p, _ = say(take)
		ack, err := dhcpv4.FromBytes(p.Data)
		if err != nil || ack.MessageType() != dhcpv4.MessageTypeAck || ack.Router()[0].String() != Router || ack.IPAddressLeaseTime(0) != time.Hour {
			t.Fatalf("%v, %v", ack, err)
		}
		if n := s.Sent()["udp to 255.255.255.255:67"]; n != 2 {
			t.Errorf("%v", s.Sent())
		}
	}
}

// TestClock asks for the time by hand. (RFC 5905 7.3)
func TestClock(t *testing.T) {
	now := time.Date(2027, 3, 1, 8, 0, 0, 500_000_000, time.UTC)
	_, c := plug(t, Options{Now: func() time.Time { return now }})
	ask := make([]byte, 48)
	ask[0] = 4<<3 | 3
	copy(ask[40:], "mytimeis")
	c.send(packet.Packet{To: own(), Kind: packet.IPv4, Protocol: packet.UDP, Src: at(Device + ":5000"), Dst: at(Clock + ":123"), Data: ask})
	p, ok := c.hear(10 * time.Second)
	if !ok || len(p.Data) != 48 || p.Src != at(Clock+":123") || p.Dst != at(Device+":5000") || p.Data[0] != 4<<3|4 || p.Data[1] != 2 || string(p.Data[24:32]) != "mytimeis" {
		t.Fatalf("%+v", p)
	}
	if sent := binary.BigEndian.Uint64(p.Data[40:]); sent != (uint64(now.Unix())+2208988800)<<32|1<<31 {
		t.Errorf("%#x", sent)
	}
}

// TestSilence: addresses that nobody has do not answer, and a cable that is out carries nothing.
func TestSilence(t *testing.T) {
	s, c := plug(t, Options{})
	who := func(ip string) packet.Packet {
		return packet.Packet{To: packet.Broadcast(), Kind: packet.ARP, Src: at(Device + ":0"), Dst: at(ip + ":0"), Ask: true}
	}
	c.send(who("192.0.2.77"))
	c.send(who(Collector))
	if p, ok := c.hear(10 * time.Second); !ok || p.Src != at(Collector+":0") || p.Ask {
		t.Errorf("%+v, %v", p, ok)
	}
	s.Pull(true)
	c.send(who(Collector))
	if p, ok := c.hear(200 * time.Millisecond); ok {
		t.Errorf("without a cable: %+v", p)
	}
	s.Pull(false)
	c.send(who(Collector))
	if _, ok := c.hear(10 * time.Second); !ok {
		t.Error("nothing comes with the cable in again")
	}
	if sent := s.Sent(); sent["arp"] != 2 || sent["arp for 192.0.2.77"] != 1 {
		t.Errorf("%v, want 2 and 1: what is lost in the cable was not sent", sent)
	}
}
