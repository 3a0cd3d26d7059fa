package dhcp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/iana"

	"tellijn/firmware/scout/lease"
)

// answer is what a server says, as far as anybody here wants to know.
type answer struct {
	kind   dhcpv4.MessageType
	server netip.Addr
	lease  lease.Lease
	times  []netip.Addr
	renew  time.Duration // 0 if it does not say
}

// MaxTimes is how many time servers of a network are heard of.
const MaxTimes = 4

// read reads an answer to this exchange. Everything else is no answer, whatever it may be.
func read(message []byte, mac [6]byte, xid uint32) (a answer, ok bool) {
	m, err := dhcpv4.FromBytes(message)
	if err != nil || m.OpCode != dhcpv4.OpcodeBootReply || binary.BigEndian.Uint32(m.TransactionID[:]) != xid {
		return answer{}, false
	}
	if len(m.ClientHWAddr) != len(mac) || [6]byte(m.ClientHWAddr) != mac {
		return answer{}, false
	}
	a.kind = m.MessageType()
	if a.server = address(m.ServerIdentifier()); lease.Host(a.server) != nil {
		return answer{}, false
	}
	bits, size := m.SubnetMask().Size()
	if size != 32 { // without a mask, or with one that has holes
		bits = 0
	}
	a.lease.Address = netip.PrefixFrom(address(m.YourIPAddr), bits)
	if r := m.Router(); len(r) > 0 {
		a.lease.Gateway = address(r[0])
	}
	for _, n := range m.DNS() {
		a.lease.Add(address(n))
	}
	for _, n := range m.NTPServers() {
		if t := address(n); lease.Host(t) == nil && len(a.times) < MaxTimes {
			a.times = append(a.times, t)
		}
	}
	// Whole seconds: the machine that keeps the address knows no others.
	a.lease.For = min(m.IPAddressLeaseTime(0).Truncate(time.Second), lease.Longest)
	a.renew = m.IPAddressRenewalTime(0)
	return a, true
}

// address is an address of version 4, or the zero value.
func address(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip.To4())
	if a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}

// discover asks who could give a lease.
func (c *Client) discover(now time.Duration) []byte {
	m := c.message(now, dhcpv4.MessageTypeDiscover)
	if a := c.lease.Address; a.IsValid() {
		m.UpdateOption(dhcpv4.OptRequestedIPAddress(a.Addr().AsSlice()))
	}
	return Wrap(c.mac, netip.Addr{}, m.ToBytes())
}

// request asks for the lease that was offered, or for more time. (RFC 2131, 4.3.2)
func (c *Client) request(now time.Duration) []byte {
	m, from := c.message(now, dhcpv4.MessageTypeRequest), netip.Addr{}
	own := c.lease.Address.Addr()
	if c.state == bound {
		m.ClientIPAddr, from = own.AsSlice(), own
	} else {
		m.UpdateOption(dhcpv4.OptServerIdentifier(c.server.AsSlice()))
		m.UpdateOption(dhcpv4.OptRequestedIPAddress(own.AsSlice()))
	}
	return Wrap(c.mac, from, m.ToBytes())
}

// message is what every message says. There is nothing in it by which one device differs from the next but
// its hardware address: no name, no maker, no version.
func (c *Client) message(now time.Duration, kind dhcpv4.MessageType) *dhcpv4.DHCPv4 {
	m := &dhcpv4.DHCPv4{OpCode: dhcpv4.OpcodeBootRequest, HWType: iana.HWTypeEthernet, ClientHWAddr: c.mac[:],
		NumSeconds: uint16(min((now-c.began)/time.Second, 0xffff)), Options: dhcpv4.Options{},
		ClientIPAddr: net.IPv4zero, YourIPAddr: net.IPv4zero, ServerIPAddr: net.IPv4zero, GatewayIPAddr: net.IPv4zero}
	binary.BigEndian.PutUint32(m.TransactionID[:], c.xid)
	m.UpdateOption(dhcpv4.OptMessageType(kind))
	m.UpdateOption(dhcpv4.OptParameterRequestList(dhcpv4.OptionSubnetMask, dhcpv4.OptionRouter, dhcpv4.OptionDomainNameServer,
		dhcpv4.OptionNTPServers, dhcpv4.OptionIPAddressLeaseTime, dhcpv4.OptionRenewTimeValue))
	return m
}
