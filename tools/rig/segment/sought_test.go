package segment

import (
	"net/netip"
	"testing"

	"tellijn/tools/rig/segment/packet"
)

// TestSought has whoever is sought by ARP stand in what the machine sent, unless it is somebody it has to find: what it
// wants to send to anybody else of its network never comes further than the question.
func TestSought(t *testing.T) {
	s := &Segment{}
	for _, tc := range []struct {
		to   string
		ask  bool
		want string
	}{{Router, true, "arp"}, {Clock, true, "arp"}, {Collector, true, "arp"}, {Device, true, "arp"}, {"192.0.2.77", true, "arp for 192.0.2.77"}, {"192.0.2.77", false, "arp"}} {
		p := packet.Packet{Kind: packet.ARP, Ask: tc.ask, Dst: netip.AddrPortFrom(netip.MustParseAddr(tc.to), 0)}
		if got := s.what(&p, nil); got != tc.want {
			t.Errorf("%s, asked %v: %q, want %q", tc.to, tc.ask, got, tc.want)
		}
	}
}
