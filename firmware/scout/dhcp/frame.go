package dhcp

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// Ports of DHCP. (RFC 2131, 4.1)
const (
	serverPort = 67
	clientPort = 68
)

// Sizes of headers without options. (RFC 894, RFC 791, RFC 768)
const (
	etherSize = 14
	ipSize    = 20
	udpSize   = 8
)

// udp is the number of UDP. (RFC 790)
const udp = 17

// errFrame says that a packet is not for a DHCP client.
var errFrame = errors.New("dhcp: not a packet of a DHCP server")

// Wrap puts a message into a frame for everybody, from an address, or none: this device may not have one
// yet, and cannot be sure of its server's.
func Wrap(mac [6]byte, from netip.Addr, message []byte) []byte {
	frame := make([]byte, etherSize+ipSize+udpSize+len(message))
	copy(frame, []byte{255, 255, 255, 255, 255, 255})
	copy(frame[6:], mac[:])
	frame[12] = 0x08 // IP
	b := frame[etherSize:]
	b[0] = 0x45 // version 4, five words
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	b[8], b[9] = 64, udp
	if from.Is4() {
		a := from.As4()
		copy(b[12:], a[:])
	}
	copy(b[16:], []byte{255, 255, 255, 255})
	binary.BigEndian.PutUint16(b[10:], ^sum(0, b[:ipSize]))
	u := b[ipSize:]
	binary.BigEndian.PutUint16(u[0:], clientPort)
	binary.BigEndian.PutUint16(u[2:], serverPort)
	binary.BigEndian.PutUint16(u[4:], uint16(len(u)))
	copy(u[udpSize:], message)
	check := ^sum(pseudo(b, len(u)), u)
	if check == 0 {
		check = 0xffff // 0 would say that there is none
	}
	binary.BigEndian.PutUint16(u[6:], check)
	return frame
}

// Unwrap takes the message out of a frame that a server sent to a client. The kernel's filter let only such
// frames through; it does not look at sums. A sum of UDP is held to only where unsummed is false: a frame
// of this machine's own virtual network has one that is not finished.
func Unwrap(frame []byte, unsummed bool) ([]byte, error) {
	if len(frame) < etherSize+ipSize || frame[12] != 0x08 || frame[13] != 0 {
		return nil, errFrame
	}
	b := frame[etherSize:]
	if b[0]>>4 != 4 {
		return nil, errFrame
	}
	head, all := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if head < ipSize || all > len(b) || all < head+udpSize || b[9] != udp {
		return nil, errFrame
	}
	if sum(0, b[:head]) != 0xffff || binary.BigEndian.Uint16(b[6:])&0x3fff != 0 { // a part of a packet
		return nil, errFrame
	}
	u := b[head:all]
	size := int(binary.BigEndian.Uint16(u[4:]))
	if binary.BigEndian.Uint16(u[0:]) != serverPort || binary.BigEndian.Uint16(u[2:]) != clientPort || size < udpSize || size > len(u) {
		return nil, errFrame
	}
	u = u[:size]
	if binary.BigEndian.Uint16(u[6:]) != 0 && !unsummed && sum(pseudo(b, size), u) != 0xffff {
		return nil, errFrame
	}
	return u[udpSize:], nil
}

// pseudo is the part of the sum of UDP that is not in UDP. (RFC 768)
func pseudo(ip []byte, size int) uint32 {
	return uint32(sum(0, ip[12:20])) + udp + uint32(size)
}

// sum is the sum in ones' complement. (RFC 1071)
func sum(start uint32, b []byte) uint16 {
	n := uint64(start)
	for ; len(b) > 1; b = b[2:] {
		n += uint64(b[0])<<8 | uint64(b[1])
	}
	if len(b) == 1 {
		n += uint64(b[0]) << 8
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return uint16(n)
}
