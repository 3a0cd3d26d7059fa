package links

import (
	"fmt"
	"syscall"
)

// Constants of packet sockets. (include/uapi/linux/if_packet.h, include/uapi/asm-generic/socket.h)
const (
	packetLevel = 263
	auxdata     = 8
	lockFilter  = 44
)

// leases lets frames through that a DHCP server sent to a client: IP, UDP, not a part of something longer,
// from port 67 to port 68. (RFC 2131, 4.1; codes: include/uapi/linux/bpf_common.h)
func leases() []syscall.SockFilter {
	const byteAt, halfAt, halfX, ipLen, equal, bits, ret = 0x30, 0x28, 0x48, 0xb1, 0x15, 0x45, 0x06
	return []syscall.SockFilter{
		{Code: halfAt, K: 12}, {Code: equal, Jf: 10, K: 0x0800},
		{Code: byteAt, K: 23}, {Code: equal, Jf: 8, K: 17},
		{Code: halfAt, K: 20}, {Code: bits, Jt: 6, K: 0x3fff},
		{Code: ipLen, K: 14},
		{Code: halfX, K: 14}, {Code: equal, Jf: 3, K: 67},
		{Code: halfX, K: 16}, {Code: equal, Jf: 1, K: 68},
		{Code: ret, K: 2048},
		{Code: ret, K: 0},
	}
}

// Packet makes a socket on which frames of DHCP servers on one interface come in, and whole frames go out.
// What comes in was chosen by a filter that its holder cannot take off. It is no port: nobody who asks for
// a port finds it.
func (Kernel) Packet(index int) (int, error) {
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("links: packet socket: %w", err)
	}
	// Bound last: before, nothing comes in.
	err = syscall.AttachLsf(fd, leases())
	for _, o := range [][3]int{{syscall.SOL_SOCKET, lockFilter, 1}, {packetLevel, auxdata, 1}, {syscall.SOL_SOCKET, syscall.SO_RCVBUF, 64 << 10}} {
		if err == nil {
			err = syscall.SetsockoptInt(fd, o[0], o[1], o[2])
		}
	}
	if err == nil {
		err = syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: 0x0008, Ifindex: index}) // ETH_P_IP, big endian
	}
	if err != nil {
		syscall.Close(fd)
		return -1, fmt.Errorf("links: packet socket: %w", err)
	}
	return fd, nil
}
