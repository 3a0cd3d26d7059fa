package segment

import (
	"net"
	"sync"
	"time"

	"tellijn/tools/rig/segment/packet"
)

// stream is one TCP connection that the machine made, and its other half on this computer. The cable loses
// nothing and keeps the order, so this is much less than TCP is elsewhere: what comes out of order is not
// taken and will be sent again, and what is not acknowledged in time is sent again.
type stream struct {
	s    *Segment
	back net.Conn
	in   chan []byte // to back; closed behind the last
	mu   sync.Mutex
	peer packet.Packet // of the first packet: addresses
	rcv  uint32        // the next byte of the machine
	una  uint32        // the first that it has not acknowledged
	out  []byte        // from there on
	sent int           // of out
	room int           // of the machine, from una on
	end  bool          // nothing comes behind out
	fin  bool          // and that was sent
	shut bool          // the machine has said its last
	wake chan struct{}
}

const (
	segmentMost = 1460    // bytes in one packet
	ahead       = 1 << 18 // bytes that wait for the machine
	again       = 700 * time.Millisecond
	initial     = 1 // of our numbers; nobody guesses on this cable
)

// stream takes one packet of TCP.
func (s *Segment) stream(p *packet.Packet) {
	s.mu.Lock()
	t := s.tcp[p.Src]
	s.mu.Unlock()
	switch {
	case p.Flags&packet.RST != 0:
		if t != nil {
			t.drop()
		}
	case p.Flags&packet.SYN != 0 && t == nil:
		go s.open(*p)
	case t == nil || t.peer.Dst != p.Dst:
		if p.Flags&packet.FIN == 0 || len(p.Data) > 0 {
			s.refuse(p)
		}
	default:
		t.take(p)
	}
}

func (s *Segment) refuse(p *packet.Packet) {
	n := uint32(len(p.Data))
	if p.Flags&packet.SYN != 0 {
		n++
	}
	s.Send(packet.Packet{To: p.From, Kind: packet.IPv4, Protocol: packet.TCP, Src: p.Dst, Dst: p.Src, Seq: p.Ack, Ack: p.Seq + n,
		Flags: packet.RST | packet.ACK})
}

// open reaches what is behind a port, and only then answers.
func (s *Segment) open(p packet.Packet) {
	door, ok := s.o.Doors[p.Dst.String()]
	if !ok {
		s.refuse(&p)
		return
	}
	back, err := net.DialTimeout("tcp", door, 5*time.Second)
	if err != nil {
		s.refuse(&p)
		return
	}
	t := &stream{s: s, back: back, in: make(chan []byte, 1024), peer: p, rcv: p.Seq + 1, una: initial, room: int(p.Window), wake: make(chan struct{}, 1)}
	s.mu.Lock()
	if s.tcp[p.Src] != nil { // asked twice
		s.mu.Unlock()
		back.Close()
		return
	}
	s.tcp[p.Src] = t
	s.mu.Unlock()
	t.packet(packet.SYN|packet.ACK, initial-1, nil)
	go t.forth()
	go t.fill()
	go t.pump()
}

// packet sends one of this side.
func (t *stream) packet(flags byte, seq uint32, data []byte) {
	t.s.Send(packet.Packet{To: t.peer.From, Kind: packet.IPv4, Protocol: packet.TCP, Src: t.peer.Dst, Dst: t.peer.Src, Seq: seq, Ack: t.rcv,
		Window: 0xFFFF, Flags: flags, Data: data})
}

// take takes one packet of the machine.
func (t *stream) take(p *packet.Packet) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.Flags&packet.SYN != 0 {
		t.packet(packet.SYN|packet.ACK, initial-1, nil)
		return
	}
	total := uint32(len(t.out))
	if t.fin {
		total++
	}
	if n := p.Ack - t.una; n <= total {
		t.una += n
		t.out = t.out[min(int(n), len(t.out)):]
		t.sent = max(0, t.sent-int(n))
		t.room = int(p.Window)
		if t.fin && n == total && t.shut {
			defer t.drop()
		}
	}
	if p.Seq == t.rcv && !t.shut {
		if len(p.Data) > 0 {
			select {
			case t.in <- p.Data:
				t.rcv += uint32(len(p.Data))
			default: // it will be sent again
			}
		}
		if p.Flags&packet.FIN != 0 && p.Seq+uint32(len(p.Data)) == t.rcv {
			t.rcv++
			t.shut = true
			close(t.in)
		}
	}
	if len(p.Data) > 0 || p.Flags&packet.FIN != 0 {
		t.packet(packet.ACK, t.una+uint32(t.sent), nil)
	}
	t.poke()
}

func (t *stream) poke() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// forth gives what the machine said to the other half.
func (t *stream) forth() {
	for b := range t.in {
		if _, err := t.back.Write(b); err != nil {
			break
		}
	}
	if c, ok := t.back.(*net.TCPConn); ok {
		c.CloseWrite()
	}
}

// fill takes what the other half says.
func (t *stream) fill() {
	b := make([]byte, 32<<10)
	for {
		n, err := t.back.Read(b)
		t.mu.Lock()
		t.out = append(t.out, b[:n]...)
		t.end = t.end || err != nil
		full := len(t.out) > ahead
		t.mu.Unlock()
		t.poke()
		if err != nil {
			return
		}
		for full { // the machine takes its time
			time.Sleep(10 * time.Millisecond)
			t.mu.Lock()
			full = len(t.out) > ahead && t.s.knows(t)
			t.mu.Unlock()
		}
	}
}

// pump sends what waits, as far as the machine has room.
func (t *stream) pump() {
	tick := time.NewTicker(again)
	defer tick.Stop()
	last, since := uint32(0), time.Now() // the first byte that is not acknowledged, and since when it is that
	for t.s.knows(t) {
		select {
		case <-t.wake:
		case <-tick.C:
			t.mu.Lock()
			if t.una != last {
				last, since = t.una, time.Now()
			} else if (t.sent > 0 || t.fin) && time.Since(since) >= again+t.s.sky.late() {
				t.sent, t.fin, since = 0, false, time.Now()
			}
			t.mu.Unlock()
		}
		t.mu.Lock()
		for t.sent < len(t.out) && t.sent < t.room {
			n := min(segmentMost, len(t.out)-t.sent, t.room-t.sent)
			t.packet(packet.ACK|packet.PSH, t.una+uint32(t.sent), t.out[t.sent:t.sent+n])
			t.sent += n
		}
		if t.end && !t.fin && t.sent == len(t.out) {
			t.packet(packet.ACK|packet.FIN, t.una+uint32(t.sent), nil)
			t.fin = true
		}
		t.mu.Unlock()
	}
}

func (s *Segment) knows(t *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tcp[t.peer.Src] == t
}

// drop forgets it.
func (t *stream) drop() {
	t.s.mu.Lock()
	if t.s.tcp[t.peer.Src] == t {
		delete(t.s.tcp, t.peer.Src)
	}
	t.s.mu.Unlock()
	t.back.Close()
}
