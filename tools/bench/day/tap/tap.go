// Package tap listens to the packets of one port of this computer and puts the TLS records together
// again that went by, without being able to read them. It sends nothing and needs root on Linux;
// elsewhere it is absent. tools/bench/day compares with it what a busy and an empty day look like from
// outside.
package tap

import (
	"fmt"
	"sort"
	"time"
)

// Packet is one TCP packet.
type Packet struct {
	At      time.Time
	Client  uint16 // port of the side that is not listening
	Up      bool   // towards the port that is listened on
	Opening bool   // SYN
	Size    int    // bytes of the IP packet
	First   uint32 // sequence number of the payload
	Payload []byte
}

// segment is the payload of a TCP packet on a link of 1500 bytes, with timestamps (RFC 7323); header
// its headers. The loopback has larger packets, which are counted as if they were cut.
const (
	segment = 1448
	header  = 20 + 32
)

// Bytes gives what packets weigh on a link of 1500 bytes, each way: payload and the headers of IP and
// TCP, acknowledgements and openings too.
func Bytes(all []Packet) (up, down int) {
	for _, p := range all {
		n := p.Size
		if len(p.Payload) > segment {
			n += (len(p.Payload) - 1) / segment * header
		}
		if p.Up {
			up += n
		} else {
			down += n
		}
	}
	return up, down
}

// Record is one TLS record.
type Record struct {
	At   time.Time // of the packet in which it begins
	Flow int       // connections in their order
	Up   bool
	Type uint8 // as in RFC 8446: 20 to 23
	Size int   // bytes with its head
}

// half is one direction of a connection.
type half struct {
	next  uint32
	known bool
	rest  []byte // of a record that is not complete
	at    time.Time
}

// Records puts the records of all connections together. A stream of which something is missing, or that
// is no TLS, is an error.
func Records(all []Packet) (out []Record, err error) {
	type side struct {
		client uint16
		up     bool
	}
	halves, flows, opened := map[side]*half{}, map[uint16]int{}, 0
	for _, p := range all {
		if p.Opening && p.Up {
			flows[p.Client], opened = opened, opened+1
			delete(halves, side{p.Client, true})
			delete(halves, side{p.Client, false})
		}
		if len(p.Payload) == 0 {
			continue
		}
		flow, ok := flows[p.Client]
		if !ok {
			return nil, fmt.Errorf("tap: port %d: its opening was not seen; hint: listen before the device starts", p.Client)
		}
		h := halves[side{p.Client, p.Up}]
		if h == nil {
			h = &half{}
			halves[side{p.Client, p.Up}] = h
		}
		found, err := h.take(p)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			r.Flow, r.Up = flow, p.Up
			out = append(out, r)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At.Before(out[j].At) })
	return out, nil
}

// take gives the records that a packet completes.
func (h *half) take(p Packet) (out []Record, err error) {
	if !h.known {
		h.next, h.known = p.First, true
	}
	payload := p.Payload
	switch skip := int32(h.next - p.First); {
	case skip < 0:
		return nil, fmt.Errorf("tap: port %d: %d bytes are missing from its stream", p.Client, -skip)
	case int(skip) >= len(payload):
		return nil, nil // sent again
	default:
		payload = payload[skip:]
	}
	h.next += uint32(len(payload))
	if len(h.rest) == 0 {
		h.at = p.At
	}
	h.rest = append(h.rest, payload...)
	for len(h.rest) >= 5 {
		kind, n := h.rest[0], 5+int(h.rest[3])<<8+int(h.rest[4])
		if kind < 20 || kind > 23 || h.rest[1] != 3 || n > 5+1<<14+256 {
			return nil, fmt.Errorf("tap: port %d: % x is no TLS record", p.Client, h.rest[:5])
		}
		if len(h.rest) < n {
			break
		}
		out = append(out, Record{At: h.at, Type: kind, Size: n})
		h.rest, h.at = h.rest[n:], p.At
	}
	return out, nil
}
