// Package packet reads and writes the few kinds of packets that the rig's network needs: Ethernet with ARP
// and IPv4, and in that TCP, UDP and the one ICMP message that says that a port is closed. It sends nothing.
// It is for the rig, outside the data path.
//
// Sources: RFC 826 (ARP), 791 (IPv4), 768 (UDP), 9293 (TCP), 792 (ICMP).
package packet

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// MAC is the address of a network card.
type MAC [6]byte

// Broadcast is everybody's.
func Broadcast() MAC { return MAC{255, 255, 255, 255, 255, 255} }

// Kinds of frames (IEEE 802.3) and protocols in IP (IANA).
const (
	IPv4 = 0x0800
	ARP  = 0x0806
	IPv6 = 0x86DD

	ICMP = 1
	TCP  = 6
	UDP  = 17
)

// Flags of TCP. (RFC 9293 3.1)
const (
	FIN = 1
	SYN = 2
	RST = 4
	PSH = 8
	ACK = 16
)

// ErrMalformed says that a frame is not what it says.
var ErrMalformed = errors.New("packet: malformed")

// Packet is one frame, as far as it is understood; Data is what is behind the last header.
type Packet struct {
	From, To MAC
	Kind     uint16 // of the frame
	Protocol byte   // in IP
	Src, Dst netip.AddrPort
	Seq, Ack uint32 // TCP
	Window   uint16
	Flags    byte
	Ask      bool // ARP: who has Dst? Otherwise: Src is at From
	Closed   bool // ICMP: the UDP port Src is closed
	Data     []byte
}

// Parse reads a frame. What is no IPv4 or ARP, or another protocol or a fragment, keeps its rest in Data.
func Parse(b []byte) (p Packet, err error) {
	if len(b) < 14 {
		return p, ErrMalformed
	}
	copy(p.To[:], b)
	copy(p.From[:], b[6:])
	p.Kind, p.Data = binary.BigEndian.Uint16(b[12:]), b[14:]
	switch p.Kind {
	case ARP:
		err = p.arp()
	case IPv4:
		err = p.ip()
	}
	return p, err
}

func (p *Packet) arp() error {
	d := p.Data
	if len(d) < 28 || binary.BigEndian.Uint32(d) != 0x00010800 || binary.BigEndian.Uint16(d[4:]) != 0x0604 {
		return ErrMalformed
	}
	p.Ask = d[7] == 1
	p.Src = netip.AddrPortFrom(netip.AddrFrom4([4]byte(d[14:18])), 0)
	p.Dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte(d[24:28])), 0)
	p.Data = nil
	return nil
}

func (p *Packet) ip() error {
	d := p.Data
	if len(d) < 20 || d[0]>>4 != 4 {
		return ErrMalformed
	}
	head, size := int(d[0]&15)*4, int(binary.BigEndian.Uint16(d[2:]))
	if head < 20 || size < head || size > len(d) {
		return ErrMalformed
	}
	p.Protocol = d[9]
	src, dst := netip.AddrFrom4([4]byte(d[12:16])), netip.AddrFrom4([4]byte(d[16:20]))
	p.Src, p.Dst = netip.AddrPortFrom(src, 0), netip.AddrPortFrom(dst, 0)
	p.Data = d[head:size]
	if binary.BigEndian.Uint16(d[6:])&0x3FFF != 0 { // a fragment
		return nil
	}
	d = p.Data
	switch {
	case p.Protocol == TCP && len(d) >= 20:
		off := int(d[12]>>4) * 4
		if off < 20 || off > len(d) {
			return ErrMalformed
		}
		p.Seq, p.Ack = binary.BigEndian.Uint32(d[4:]), binary.BigEndian.Uint32(d[8:])
		p.Flags, p.Window, p.Data = d[13], binary.BigEndian.Uint16(d[14:]), d[off:]
	case p.Protocol == UDP && len(d) >= 8:
		p.Data = d[8:]
	case p.Protocol == ICMP && len(d) >= 8+20+8 && d[0] == 3 && d[1] == 3 && d[8+9] == UDP && d[8] == 0x45:
		p.Closed = true // what came back is what was sent: to the port that is closed
		p.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(d[8+20+2:]))
		return nil
	default:
		if p.Protocol == TCP || p.Protocol == UDP {
			return ErrMalformed
		}
		return nil
	}
	p.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(d))
	p.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(d[2:]))
	return nil
}

// Bytes writes the frame: ARP, or TCP or UDP in IPv4.
func (p *Packet) Bytes() []byte {
	b := append(append([]byte{}, p.To[:]...), p.From[:]...)
	b = binary.BigEndian.AppendUint16(b, p.Kind)
	src, dst := p.Src.Addr().As4(), p.Dst.Addr().As4()
	if p.Kind == ARP {
		op := byte(2)
		target := p.To
		if p.Ask {
			op, target = 1, MAC{}
		}
		b = append(b, 0, 1, 8, 0, 6, 4, 0, op)
		b = append(append(b, p.From[:]...), src[:]...)
		return append(append(b, target[:]...), dst[:]...)
	}
	var t []byte
	t = binary.BigEndian.AppendUint16(t, p.Src.Port())
	t = binary.BigEndian.AppendUint16(t, p.Dst.Port())
	at := 6 // of the sum
	if p.Protocol == TCP {
		t = binary.BigEndian.AppendUint32(t, p.Seq)
		t = binary.BigEndian.AppendUint32(t, p.Ack)
		at = 16
		words := byte(5)
		var options []byte
		if p.Flags&SYN != 0 {
			words, options = 6, []byte{2, 4, segment >> 8, segment & 255} // the most bytes that one may carry
		}
		t = append(t, words<<4, p.Flags, byte(p.Window>>8), byte(p.Window), 0, 0, 0, 0)
		t = append(t, options...)
	} else {
		t = binary.BigEndian.AppendUint16(t, uint16(8+len(p.Data)))
		t = append(t, 0, 0)
	}
	t = append(t, p.Data...)
	pseudo := append(append(append([]byte{}, src[:]...), dst[:]...), 0, p.Protocol, byte(len(t)>>8), byte(len(t)))
	binary.BigEndian.PutUint16(t[at:], sum(append(pseudo, t...)))
	h := []byte{0x45, 0, byte((20 + len(t)) >> 8), byte(20 + len(t)), 0, 0, 0x40, 0, 64, p.Protocol, 0, 0}
	h = append(append(h, src[:]...), dst[:]...)
	binary.BigEndian.PutUint16(h[10:], sum(h))
	return append(append(b, h...), t...)
}

// segment is how much one TCP packet carries on Ethernet.
const segment = 1460

// sum is the one of RFC 1071, never 0, which in UDP means none.
func sum(b []byte) uint16 {
	var n uint32
	for i := 0; i+1 < len(b); i += 2 {
		n += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		n += uint32(b[len(b)-1]) << 8
	}
	for n > 0xFFFF {
		n = n>>16 + n&0xFFFF
	}
	if n == 0xFFFF {
		return 0xFFFF
	}
	return ^uint16(n)
}
