package segment

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"tellijn/tools/rig/segment/packet"
)

// lease gives the machine its address, an hour at a time. (RFC 2131)
func (s *Segment) lease(p *packet.Packet) {
	ask, err := dhcpv4.FromBytes(p.Data)
	if err != nil {
		return
	}
	answer := map[dhcpv4.MessageType]dhcpv4.MessageType{dhcpv4.MessageTypeDiscover: dhcpv4.MessageTypeOffer,
		dhcpv4.MessageTypeRequest: dhcpv4.MessageTypeAck}[ask.MessageType()]
	if answer == dhcpv4.MessageTypeNone {
		return
	}
	router := net.ParseIP(Router)
	reply, err := dhcpv4.NewReplyFromRequest(ask, dhcpv4.WithMessageType(answer), dhcpv4.WithYourIP(net.ParseIP(Device)),
		dhcpv4.WithServerIP(router), dhcpv4.WithOption(dhcpv4.OptServerIdentifier(router)), dhcpv4.WithRouter(router), dhcpv4.WithDNS(router),
		dhcpv4.WithNetmask(net.CIDRMask(Bits, 32)), dhcpv4.WithLeaseTime(3600))
	if err != nil {
		return
	}
	to, card := netip.MustParseAddr("255.255.255.255"), packet.Broadcast()
	if !ask.IsBroadcast() {
		to, card = netip.MustParseAddr(Device), p.From
	}
	s.Send(packet.Packet{To: card, Kind: packet.IPv4, Protocol: packet.UDP, Src: netip.AddrPortFrom(netip.MustParseAddr(Router), 67),
		Dst: netip.AddrPortFrom(to, 68), Data: reply.ToBytes()})
}

// since1900 are the seconds between the epochs of NTP and Unix. (RFC 5905 6)
const since1900 = 2208988800

// tell answers a question for the time. (RFC 5905 7.3: version 4, mode 4, stratum 2)
func (s *Segment) tell(p *packet.Packet) {
	if len(p.Data) < 48 || p.Data[0]&7 != 3 {
		return
	}
	stamp := func(t time.Time) uint64 {
		return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9
	}
	b := make([]byte, 48)
	b[0], b[1], b[2], b[3] = 4<<3|4, 2, p.Data[2], 0xEC // a precision of about a microsecond
	copy(b[12:], []byte{192, 0, 2, 99})                 // whom it has it from
	off, answers := s.sky.clock()
	if !answers {
		return
	}
	now := s.o.Now().Add(off)
	binary.BigEndian.PutUint64(b[16:], stamp(now.Add(-10*time.Second)))
	copy(b[24:32], p.Data[40:48])
	binary.BigEndian.PutUint64(b[32:], stamp(now))
	binary.BigEndian.PutUint64(b[40:], stamp(s.o.Now().Add(off)))
	s.Send(packet.Packet{To: p.From, Kind: packet.IPv4, Protocol: packet.UDP, Src: p.Dst, Dst: p.Src, Data: b})
}
