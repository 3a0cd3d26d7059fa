package packet

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"reflect"
	"testing"
)

func samples() []Packet {
	a, b := netip.MustParseAddrPort("192.0.2.1:53"), netip.MustParseAddrPort("192.0.2.15:40000")
	x, y := MAC{2, 0, 0, 0, 0, 1}, MAC{0x52, 0x54, 0, 0x12, 0x34, 0x56}
	host := func(p netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(p.Addr(), 0) }
	return []Packet{
		{From: x, To: Broadcast(), Kind: ARP, Src: host(a), Dst: host(b), Ask: true},
		{From: x, To: y, Kind: ARP, Src: host(a), Dst: host(b)},
		{From: x, To: y, Kind: IPv4, Protocol: UDP, Src: a, Dst: b, Data: []byte("odd")},
		{From: x, To: y, Kind: IPv4, Protocol: TCP, Src: a, Dst: b, Seq: 1 << 31, Ack: 7, Window: 500, Flags: SYN | ACK, Data: []byte{}},
		{From: x, To: y, Kind: IPv4, Protocol: TCP, Src: a, Dst: b, Seq: 9, Ack: 7, Window: 500, Flags: PSH | ACK, Data: []byte("data")},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, p := range samples() {
		b := p.Bytes()
		got, err := Parse(b)
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%+v, %v, want %+v", got, err, p)
		}
		if p.Kind == IPv4 { // a sum over what carries its own sum is all ones
			if check(b[14:34]) != 0xFFFF {
				t.Errorf("sum of the IP header of %+v", p)
			}
			pseudo := append(append([]byte{}, b[26:34]...), 0, p.Protocol, 0, byte(len(b)-34))
			if check(append(pseudo, b[34:]...)) != 0xFFFF {
				t.Errorf("sum of %+v", p)
			}
		}
	}
}

// check adds up with the sum in it. (RFC 1071 1)
func check(b []byte) uint16 {
	var n uint32
	b = append(bytes.Clone(b), make([]byte, len(b)%2)...)
	for i := 0; i < len(b); i += 2 {
		n += uint32(b[i])<<8 | uint32(b[i+1])
	}
	return uint16(n>>16 + n&0xFFFF)
}

// TestClosed reads an ICMP message as Linux sends it.
func TestClosed(t *testing.T) {
	b, _ := hex.DecodeString("020000000001525400123456" + "0800" +
		"45c0003900000000400100000c0002" + "0f" + "c0000201" + // IP from 12.0.2.15, as far as matters here
		"0303000000000000" + "4500001d00004000401100" + "00c0000201c000020f" + "9c40" + "0035" + "0009" + "0000" + "78")
	p, err := Parse(b)
	if err != nil || !p.Closed || p.Src.Port() != 53 {
		t.Errorf("%+v, %v", p, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range samples() {
		f.Add(p.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err != nil || p.Kind != ARP && p.Protocol != TCP && p.Protocol != UDP || len(p.Data) > 1<<15 {
			return
		}
		again, err := Parse(p.Bytes())
		if p.Kind == IPv4 && p.Src.Port() == 0 && p.Dst.Port() == 0 { // a fragment has none
			return
		}
		if err != nil || again.Src != p.Src || again.Dst != p.Dst || !bytes.Equal(again.Data, p.Data) || again.Flags != p.Flags {
			t.Errorf("%+v, then %+v, %v", p, again, err)
		}
	})
}
