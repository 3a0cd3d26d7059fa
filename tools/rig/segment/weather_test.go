package segment

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"tellijn/tools/rig/segment/packet"
)

// who asks for the card of an address; the port numbers nothing, the sender's address does.
func who(n int) packet.Packet {
	return packet.Packet{To: packet.Broadcast(), Kind: packet.ARP, Src: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(n)}), 0), Dst: at(Collector + ":0"), Ask: true}
}

// Packets are late by twice the delay, there and back, and come in their order, also when the weather changes.
func TestDelay(t *testing.T) {
	s, c := plug(t, Options{})
	const delay = 150 * time.Millisecond
	s.Weather(delay, 0)
	began := time.Now()
	for i := range 10 {
		c.send(who(1 + i))
	}
	for s.Sent()["arp"] < 10 {
		time.Sleep(time.Millisecond)
	}
	s.Weather(0, 0)
	for i := range 10 {
		c.send(who(11 + i))
	}
	for i := range 20 {
		p, ok := c.hear(10 * time.Second)
		if !ok || p.Dst.Addr().As4()[3] != byte(1+i) {
			t.Fatalf("answer %d: %+v, %v", i, p, ok)
		}
		if took := time.Since(began); i == 0 && took < delay {
			t.Errorf("the first came after %v", took)
		}
	}
	if n := s.Struck(); n < 10 || n > 20 {
		t.Errorf("%d packets were late, want 10 that went out and none to 10 answers", n)
	}
}

// So many of a hundred are lost, the same at each run, and a cable that is out loses all.
func TestLoss(t *testing.T) {
	heard := func() (n int) {
		s, c := plug(t, Options{})
		s.Weather(0, 30)
		for range 400 {
			c.send(who(1))
		}
		for _, ok := c.hear(500 * time.Millisecond); ok; _, ok = c.hear(500 * time.Millisecond) {
			n++
		}
		if sent := s.Sent()["arp"]; sent != 400 {
			t.Errorf("%d were sent, want 400, lost ones too", sent)
		}
		if int(s.Struck()) != 400-n {
			t.Errorf("%d answers of 400, %d lost", n, s.Struck())
		}
		return n
	}
	n := heard()
	if n < 140 || n > 250 { // 49 of a hundred come there and back
		t.Errorf("%d answers of 400", n)
	}
	if again := heard(); again != n {
		t.Errorf("%d answers, %d before", again, n)
	}
	s, c := plug(t, Options{})
	s.Pull(true)
	c.send(who(1))
	for end := time.Now().Add(5 * time.Second); s.Struck() == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if s.Struck() != 1 {
		t.Errorf("%d", s.Struck())
	}
}

// Clocks can be wrong, or silent, and tell the time again after that.
func TestWrongClocks(t *testing.T) {
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	s, c := plug(t, Options{Now: func() time.Time { return now }})
	ask := func(d time.Duration) (time.Time, bool) {
		b := make([]byte, 48)
		b[0] = 4<<3 | 3
		c.send(packet.Packet{To: own(), Kind: packet.IPv4, Protocol: packet.UDP, Src: at(Device + ":5000"), Dst: at(Router + ":123"), Data: b})
		p, ok := c.hear(d)
		if !ok {
			return time.Time{}, false
		}
		if in, out := binary.BigEndian.Uint64(p.Data[32:]), binary.BigEndian.Uint64(p.Data[40:]); in != out {
			t.Errorf("%#x and %#x", in, out)
		}
		return time.Unix(int64(binary.BigEndian.Uint64(p.Data[40:])>>32)-since1900, 0), true
	}
	s.Clocks(-48*time.Hour, false)
	if got, ok := ask(10 * time.Second); !ok || !got.Equal(now.Add(-48*time.Hour)) {
		t.Errorf("%v, %v", got, ok)
	}
	s.Clocks(0, true)
	if got, ok := ask(300 * time.Millisecond); ok {
		t.Errorf("silent: %v", got)
	}
	if s.Struck() != 2 {
		t.Errorf("struck %d times, want 2", s.Struck())
	}
	s.Clocks(0, false)
	if got, ok := ask(10 * time.Second); !ok || !got.Equal(now) || s.Struck() != 2 {
		t.Errorf("%v, %v, %d", got, ok, s.Struck())
	}
}
