// Package segment is the other end of a virtual machine's network cable: a network of its own with a server
// for addresses, one for the time, and whatever ports of this computer are let through to it. It notes
// everything that the machine sends, so that nothing leaves without being counted, and it can look at the
// machine from outside. It never opens a way into any other network. It is for the rig, outside the data
// path.
package segment

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"sync"
	"time"

	"tellijn/tools/rig/segment/packet"
)

// Addresses of the segment (RFC 5737: for documentation). Whoever answers has one card.
const (
	Router    = "192.0.2.1" // gives addresses and knows the time
	Clock     = "192.0.2.2" // knows the time too
	Collector = "192.0.2.100"
	Device    = "192.0.2.15" // what the machine is given
	Scanner   = "192.0.2.200"
	Bits      = 24
)

// Options say what is on the segment.
type Options struct {
	// Doors are ports of it that lead to this computer: from one such as 192.0.2.100:8443 to one such as 127.0.0.1:40001.
	Doors map[string]string
	// Now is the time that its clocks tell; nil for none that answers.
	Now func() time.Time
	// Deaf gives nobody an address.
	Deaf bool
}

// Segment is a running one.
type Segment struct {
	o    Options
	l    net.Listener
	mu   sync.Mutex // of what follows
	conn net.Conn   // to the machine
	mac  packet.MAC // of the machine
	out  bool       // the cable is out
	sent map[string]int
	tap  func(packet.Packet) bool
	tcp  map[netip.AddrPort]*stream
	send sync.Mutex // one frame at a time
	sky  weather
	air  [2]air // from the machine, to the machine
}

// own is the card of everybody on the segment but the machine. (IEEE 802: locally administered)
func own() packet.MAC { return packet.MAC{2, 0, 0, 0, 0, 1} }

// Lay lays a cable whose end is a socket at path. (QEMU: -netdev stream)
func Lay(path string, o Options) (*Segment, error) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("segment: %w", err)
	}
	s := &Segment{o: o, l: l, sent: map[string]int{}, tcp: map[netip.AddrPort]*stream{}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conn = conn
			s.mu.Unlock()
			s.read(conn)
			s.forget()
		}
	}()
	return s, nil
}

// Close ends it.
func (s *Segment) Close() {
	s.l.Close()
	s.mu.Lock()
	if s.conn != nil {
		s.conn.Close()
	}
	s.mu.Unlock()
	s.forget()
}

// forget ends the connections of a machine that is gone.
func (s *Segment) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for at, t := range s.tcp {
		delete(s.tcp, at)
		t.back.Close()
	}
}

// frameMost is the longest frame, with some room.
const frameMost = 1 << 16

// read takes frames until the machine is gone.
func (s *Segment) read(conn net.Conn) {
	for {
		var head [4]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(head[:])
		if n > frameMost {
			return
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(conn, b); err != nil {
			return
		}
		s.take(b)
	}
}

// take notes one frame and has it carried to where it is answered.
func (s *Segment) take(b []byte) {
	p, err := packet.Parse(b)
	s.mu.Lock()
	out, tap := s.out, s.tap
	if !out {
		s.mac = p.From
	}
	s.mu.Unlock()
	if out {
		s.sky.strike()
		return
	}
	if tap != nil && err == nil && tap(p) {
		return
	}
	s.mu.Lock()
	s.sent[s.what(&p, err)]++
	s.mu.Unlock()
	if err != nil {
		return
	}
	if delay, lost := s.sky.fate(); !lost {
		s.air[0].carry(delay, func() { s.answer(p) })
	}
}

// answer answers one packet.
func (s *Segment) answer(p packet.Packet) {
	s.mu.Lock()
	out, deaf := s.out, s.o.Deaf
	s.mu.Unlock()
	if out {
		return
	}
	switch {
	case p.Kind == packet.ARP && p.Ask && s.has(p.Dst.Addr()):
		s.Send(packet.Packet{To: p.From, Kind: packet.ARP, Src: p.Dst, Dst: p.Src})
	case p.Protocol == packet.UDP && p.Dst.Port() == 67 && !deaf:
		s.lease(&p)
	case p.Protocol == packet.UDP && p.Dst.Port() == 123 && s.o.Now != nil && s.has(p.Dst.Addr()):
		s.tell(&p)
	case p.Protocol == packet.TCP && s.has(p.Dst.Addr()):
		s.stream(&p)
	}
}

// has tells whether an address is of this end. Addresses of which nobody asks stay silent.
func (s *Segment) has(a netip.Addr) bool {
	switch a.String() {
	case Router, Clock, Collector, Scanner:
		return true
	}
	return false
}

// what names a packet by where it goes.
func (s *Segment) what(p *packet.Packet, err error) string {
	name := map[byte]string{packet.TCP: "tcp", packet.UDP: "udp", packet.ICMP: "icmp"}[p.Protocol]
	switch {
	case err != nil:
		return "malformed"
	case p.Kind == packet.ARP && p.Ask && !s.has(p.Dst.Addr()) && p.Dst.Addr().String() != Device:
		return "arp for " + p.Dst.Addr().String() // it wants to send something to somebody else
	case p.Kind == packet.ARP:
		return "arp"
	case p.Kind == packet.IPv6:
		return "ipv6"
	case p.Kind != packet.IPv4:
		return fmt.Sprintf("frame %#04x", p.Kind)
	case name == "" || name == "icmp":
		return fmt.Sprintf("protocol %d to %s", p.Protocol, p.Dst.Addr())
	}
	return name + " to " + p.Dst.String()
}

// Sent tells what the machine has sent so far: how many packets to each destination.
func (s *Segment) Sent() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.sent)
}

// Send sends a packet to the machine; From is set, and To if it is empty. While no machine is there it is lost.
func (s *Segment) Send(p packet.Packet) {
	s.mu.Lock()
	conn, out := s.conn, s.out
	if p.To == (packet.MAC{}) {
		p.To = s.mac
	}
	s.mu.Unlock()
	if conn == nil || out {
		return
	}
	delay, lost := s.sky.fate()
	if lost {
		return
	}
	p.From = own()
	b := p.Bytes()
	b = append(b, make([]byte, max(0, 60-len(b)))...) // Ethernet's least
	b = append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
	s.air[1].carry(delay, func() {
		s.mu.Lock()
		out := s.out
		s.mu.Unlock()
		if out {
			return
		}
		s.send.Lock()
		defer s.send.Unlock()
		conn.Write(b) // if it is gone, read will tell
	})
}
