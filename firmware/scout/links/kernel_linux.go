package links

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"

	"tellijn/firmware/scout/lease"
)

// Kernel is the kernel of the machine, or of the network namespace that this program is in.
type Kernel struct{}

// byScout marks routes as made by a program that asks for leases. (include/uapi/linux/rtnetlink.h,
// RTPROT_DHCP)
const byScout = 16

// everywhere is the destination of the default route.
func everywhere() *net.IPNet { return &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)} }

// List gives the interfaces that could lead to a network: Ethernet and radios, no bridges, tunnels and
// other things that software made.
func (Kernel) List() ([]Link, error) {
	found, err := again(netlink.LinkList)
	if err != nil {
		return nil, fmt.Errorf("links: list: %w", err)
	}
	var all []Link
	for _, f := range found {
		a := f.Attrs()
		if a.EncapType != "ether" || len(a.HardwareAddr) != 6 || f.Type() != "device" && f.Type() != "veth" {
			continue
		}
		_, radio := os.Stat("/sys/class/net/" + a.Name + "/phy80211")
		all = append(all, Link{Index: a.Index, Name: a.Name, MAC: [6]byte(a.HardwareAddr), Wireless: radio == nil,
			Up: a.RawFlags&syscall.IFF_UP != 0, Carrier: a.RawFlags&syscall.IFF_UP != 0 && a.RawFlags&syscall.IFF_RUNNING != 0})
	}
	return all, nil
}

// again asks for a list, and once more if something changed meanwhile.
func again[T any](list func() (T, error)) (T, error) {
	all, err := list()
	if err != nil {
		all, err = list()
	}
	return all, err
}

// Watch gives a channel that has something in it whenever an interface came, went or changed. It is closed
// when there is nothing more to hear, and then wants to be made anew.
func (Kernel) Watch() (<-chan struct{}, error) {
	updates, changed := make(chan netlink.LinkUpdate), make(chan struct{}, 1)
	if err := netlink.LinkSubscribe(updates, nil); err != nil {
		return nil, fmt.Errorf("links: watch: %w", err)
	}
	go func() {
		defer close(changed)
		for range updates {
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	}()
	return changed, nil
}

// Up asks an interface to work.
func (Kernel) Up(index int) error {
	l, err := netlink.LinkByIndex(index)
	if err == nil {
		err = netlink.LinkSetUp(l)
	}
	if err != nil {
		return fmt.Errorf("links: up: %w", err)
	}
	return nil
}

// Set gives an interface the address and the gateway of a lease, and takes those away that it had. The
// kernel takes an address of a lease away at its end by itself, also when nobody renews it any more, and
// with it the way through the gateway.
func (Kernel) Set(index int, l lease.Lease) error {
	link, err := netlink.LinkByIndex(index)
	if err != nil {
		return fmt.Errorf("links: set: %w", err)
	}
	own := l.Address.Addr().AsSlice()
	a := &netlink.Addr{IPNet: &net.IPNet{IP: own, Mask: net.CIDRMask(l.Address.Bits(), 32)}}
	if l.For > 0 {
		a.ValidLft = int(l.For / time.Second)
		a.PreferedLft = a.ValidLft
	}
	if err := clear(link, a.IPNet); err != nil {
		return err
	}
	if err := netlink.AddrReplace(link, a); err != nil {
		return fmt.Errorf("links: address: %w", err)
	}
	if !l.Gateway.IsValid() {
		return nil
	}
	r := &netlink.Route{LinkIndex: index, Dst: everywhere(), Gw: l.Gateway.AsSlice(), Src: own, Protocol: byScout}
	if err := netlink.RouteReplace(r); err != nil {
		return fmt.Errorf("links: gateway: %w", err)
	}
	return nil
}

// Clear takes the addresses of version 4 of an interface away, and its gateway. One that is gone has none.
func (Kernel) Clear(index int) error {
	link, err := netlink.LinkByIndex(index)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("links: clear: %w", err)
	}
	return clear(link, nil)
}

// clear takes all addresses but one away, and the ways through a gateway.
func clear(link netlink.Link, keep *net.IPNet) error {
	routes, err := again(func() ([]netlink.Route, error) {
		return netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{LinkIndex: link.Attrs().Index}, netlink.RT_FILTER_OIF)
	})
	if err != nil {
		return fmt.Errorf("links: routes: %w", err)
	}
	for _, r := range routes {
		if r.Gw == nil {
			continue
		}
		if err := netlink.RouteDel(&r); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("links: route: %w", err)
		}
	}
	addresses, err := again(func() ([]netlink.Addr, error) { return netlink.AddrList(link, netlink.FAMILY_V4) })
	if err != nil {
		return fmt.Errorf("links: addresses: %w", err)
	}
	for _, a := range addresses {
		if keep != nil && a.IP.Equal(keep.IP) && slices.Equal(a.Mask, keep.Mask) {
			continue
		}
		if err := netlink.AddrDel(link, &a); err != nil && !errors.Is(err, syscall.EADDRNOTAVAIL) {
			return fmt.Errorf("links: address: %w", err)
		}
	}
	return nil
}
