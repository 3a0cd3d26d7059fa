// Package scan looks at a machine from outside, as somebody on the same network would: it asks every TCP
// port whether it opens, and UDP ports whether they answer. It sends nothing else and tries no trick. It is
// for the rig, outside the data path.
package scan

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"tellijn/tools/rig/segment"
	"tellijn/tools/rig/segment/packet"
)

// Found is what a scan found.
type Found struct {
	Asked  int
	Open   []uint16 // said that they are open (TCP) or answered (UDP)
	Closed int      // said that they are closed
	Silent int      // said nothing, however often they were asked
}

// String says it for people.
func (f Found) String() string {
	return fmt.Sprintf("%d ports asked: %d open %v, %d closed, %d silent", f.Asked, len(f.Open), f.Open, f.Closed, f.Silent)
}

// from is the port that asks.
const from = 40404

// TCP asks these ports for a connection, up to 64 at a time, each up to 3 times, and takes none.
func TCP(ctx context.Context, s *segment.Segment, ports []uint16) (Found, error) {
	ask := func(port uint16) packet.Packet {
		return packet.Packet{Protocol: packet.TCP, Seq: 7, Window: 1024, Flags: packet.SYN}
	}
	answer := func(p packet.Packet) (open, ok bool) {
		return p.Flags&packet.SYN != 0, p.Flags&(packet.RST|packet.SYN) != 0 && p.Flags&packet.ACK != 0
	}
	return run(ctx, s, packet.TCP, ports, ask, answer, 64, 2*time.Second, 3)
}

// UDP sends something to each of these ports, one after the other, since Linux says only once a second that
// one is closed (net.ipv4.icmp_ratelimit, after six at once); one that says nothing is asked up to 8 times.
func UDP(ctx context.Context, s *segment.Segment, ports []uint16) (Found, error) {
	ask := func(port uint16) packet.Packet {
		return packet.Packet{Protocol: packet.UDP, Data: make([]byte, 48)}
	}
	answer := func(p packet.Packet) (open, ok bool) { return !p.Closed, true }
	return run(ctx, s, packet.UDP, ports, ask, answer, 1, 1500*time.Millisecond, 8)
}

func run(ctx context.Context, s *segment.Segment, protocol byte, ports []uint16, ask func(uint16) packet.Packet,
	answer func(packet.Packet) (open, ok bool), many int, patience time.Duration, tries int) (Found, error) {
	f := Found{Asked: len(ports)}
	heard := make(chan struct{}, 1<<16)
	var mu sync.Mutex
	state := map[uint16]int{} // 1 asked, 2 closed, 3 open
	scanner := netip.AddrPortFrom(netip.MustParseAddr(segment.Scanner), from)
	device := netip.MustParseAddr(segment.Device)
	leave, err := s.Tap(func(p packet.Packet) bool {
		if p.Dst.Addr() != scanner.Addr() || p.Src.Addr() != device || p.Protocol != protocol && !p.Closed {
			return false
		}
		open, ok := answer(p)
		if p.Flags&packet.SYN != 0 { // nobody wants it
			s.Send(packet.Packet{Kind: packet.IPv4, Protocol: packet.TCP, Src: p.Dst, Dst: p.Src, Seq: p.Ack, Flags: packet.RST})
		}
		mu.Lock()
		defer mu.Unlock()
		if port := p.Src.Port(); ok && state[port] == 1 {
			if state[port] = 2; open {
				state[port] = 3
			}
			select {
			case heard <- struct{}{}:
			default:
			}
		}
		return true
	})
	if err != nil {
		return f, err
	}
	defer leave()
	left := ports
	for range tries {
		var silent []uint16
		for len(left) > 0 {
			part := left[:min(many, len(left))]
			left = left[len(part):]
			for _, port := range part {
				mu.Lock()
				state[port] = 1
				mu.Unlock()
				p := ask(port)
				p.Kind, p.Src, p.Dst = packet.IPv4, scanner, netip.AddrPortFrom(device, port)
				s.Send(p)
			}
			deadline := time.NewTimer(patience)
		wait:
			for range part {
				select {
				case <-heard:
				case <-deadline.C:
					break wait
				case <-ctx.Done():
					return f, ctx.Err()
				}
			}
			deadline.Stop()
			mu.Lock()
			for _, port := range part {
				if state[port] == 1 {
					silent = append(silent, port)
				}
			}
			mu.Unlock()
		}
		left = silent
	}
	mu.Lock()
	defer mu.Unlock()
	for _, port := range ports {
		switch state[port] {
		case 2:
			f.Closed++
		case 3:
			f.Open = append(f.Open, port)
		default:
			f.Silent++
		}
	}
	return f, nil
}

// All are the ports from 1 to 65535.
func All() []uint16 {
	all := make([]uint16, 0, 1<<16)
	for i := 1; i < 1<<16; i++ {
		all = append(all, uint16(i))
	}
	return all
}

// Usual are UDP ports on which devices often listen: echo, discard, daytime, chargen, DNS, DHCP, TFTP, sunrpc, NTP, NetBIOS,
// SNMP, CLDAP, IKE, syslog, RIP, DHCPv6, IPMI, WireGuard, SSDP, NFS, STUN, SIP, mDNS, LLMNR, CoAP, MQTT-SN, KNX, BACnet,
// WS-Discovery, Teredo. (IANA, Service Name and Transport Protocol Port Number Registry)
func Usual() []uint16 {
	return []uint16{7, 9, 13, 19, 53, 67, 68, 69, 111, 123, 137, 138, 161, 389, 500, 514, 520, 546, 623, 1900, 2049, 3478, 3544, 3671, 3702, 5060, 5353,
		5355, 5683, 5684, 1883, 4500, 47808, 51820}
}
