package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/hal"
)

// card is a card of this computer, by a raw socket. (packet(7))
type card struct {
	*os.File
	name string
	fd   int
}

// network is a number in the byte order that sockaddr_ll wants: that of the network. (packet(7))
func network(n uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], n)
	return binary.NativeEndian.Uint16(b[:])
}

// Open takes a card by its name, such as enx0011. It refuses one that has an address: somebody uses it. The error
// wraps hal.ErrAbsent if there is none.
func Open(name string) (Card, error) {
	nic, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("wire: no network card %q: %w; hint: ip link", name, hal.ErrAbsent)
	}
	addresses, err := nic.Addrs()
	if err != nil {
		return nil, fmt.Errorf("wire: %w", err)
	}
	for _, a := range addresses {
		if ip, _, err := net.ParseCIDR(a.String()); err == nil && !ip.IsLinkLocalUnicast() {
			return nil, fmt.Errorf("wire: %s has the address %s; hint: the bench wants a card of its own, without any", name, a)
		}
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(network(unix.ETH_P_ALL)))
	if err != nil {
		return nil, fmt.Errorf("wire: a raw socket: %w; hint: run the bench as root", err)
	}
	c := &card{File: os.NewFile(uintptr(fd), name), name: name, fd: fd}
	// The segment has a card number of its own, which this card takes frames for only when it takes them all. What this
	// computer itself would send on the card must not come back as if the board had sent it (packet(7), PACKET_IGNORE_OUTGOING).
	err = errors.Join(unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: network(unix.ETH_P_ALL), Ifindex: nic.Index}),
		unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &unix.PacketMreq{Ifindex: int32(nic.Index), Type: unix.PACKET_MR_PROMISC}),
		unix.SetsockoptInt(fd, unix.SOL_PACKET, packetIgnoreOutgoing, 1), c.quiet(), c.Carrier(true))
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("wire: %s: %w", name, err)
	}
	return c, nil
}

// packetIgnoreOutgoing is PACKET_IGNORE_OUTGOING. (Linux 4.20, include/uapi/linux/if_packet.h)
const packetIgnoreOutgoing = 23

// quiet keeps this computer from speaking on the card by itself: neighbours, routers, groups.
func (c *card) quiet() error {
	err := os.WriteFile("/proc/sys/net/ipv6/conf/"+c.name+"/disable_ipv6", []byte("1"), 0)
	if errors.Is(err, os.ErrNotExist) { // a kernel without
		return nil
	}
	return err
}

// ifreq is struct ifreq with flags. (netdevice(7))
type ifreq struct {
	Name  [unix.IFNAMSIZ]byte
	Flags uint16
	_     [22]byte
}

// Carrier switches the card on or off; most cards that are off let the link go.
func (c *card) Carrier(on bool) error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("wire: %w", err)
	}
	defer unix.Close(s)
	var r ifreq
	copy(r.Name[:unix.IFNAMSIZ-1], c.name)
	call := func(request uintptr) error {
		if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(s), request, uintptr(unsafe.Pointer(&r))); e != 0 {
			return fmt.Errorf("wire: link of %s: %w", c.name, e)
		}
		return nil
	}
	if err := call(unix.SIOCGIFFLAGS); err != nil {
		return err
	}
	r.Flags &^= unix.IFF_UP
	if on {
		r.Flags |= unix.IFF_UP
	}
	return call(unix.SIOCSIFFLAGS)
}

// Read gives one frame. A card that is switched off gives none, and is no error.
func (c *card) Read(b []byte) (int, error) {
	for {
		n, err := c.File.Read(b)
		if err != nil && down(err) {
			continue // the socket says it once, and then waits
		}
		return n, err
	}
}

// down tells whether an error means that the card is switched off.
func down(err error) bool { return errors.Is(err, unix.ENETDOWN) || errors.Is(err, unix.ENOBUFS) }
