package dhcp

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"
)

// turned is a frame as a server sends it: the ports the other way round.
func turned(message []byte) []byte {
	b := Wrap(mac(), netip.MustParseAddr("192.0.2.1"), message)
	u := b[etherSize+ipSize:]
	u[0], u[1], u[2], u[3] = u[2], u[3], u[0], u[1] // the sum stays
	return b
}

func TestFrame(t *testing.T) {
	for _, n := range []int{0, 1, 2, 299, 300, 1400} {
		m := bytes.Repeat([]byte{0xa5}, n)
		got, err := Unwrap(turned(m), false)
		if err != nil || !bytes.Equal(got, m) {
			t.Errorf("%d bytes: %x, %v", n, got, err)
		}
	}
	long := append(turned([]byte("hello")), make([]byte, 40)...) // filled up to the least size of a frame
	if got, err := Unwrap(long, false); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestFrameRefused changes one thing at a time.
func TestFrameRefused(t *testing.T) {
	again := func(b []byte) { // the sum of the head of IP
		b[etherSize+10], b[etherSize+11] = 0, 0
		binary.BigEndian.PutUint16(b[etherSize+10:], ^sum(0, b[etherSize:etherSize+ipSize]))
	}
	for name, change := range map[string]func(b []byte){
		"not IP":              func(b []byte) { b[13] = 6 },
		"version 6":           func(b []byte) { b[etherSize] = 0x65; again(b) },
		"a short head":        func(b []byte) { b[etherSize] = 0x44; again(b) },
		"too long":            func(b []byte) { b[etherSize+3]++; again(b) },
		"not UDP":             func(b []byte) { b[etherSize+9] = 6; again(b) },
		"a part":              func(b []byte) { b[etherSize+7] = 1; again(b) },
		"more to come":        func(b []byte) { b[etherSize+6] = 0x20; again(b) },
		"wrong sum of IP":     func(b []byte) { b[etherSize+8]++ },
		"wrong sum of UDP":    func(b []byte) { b[len(b)-1]++ },
		"to another port":     func(b []byte) { b[etherSize+ipSize+3]++ },
		"from another port":   func(b []byte) { b[etherSize+ipSize+1]++ },
		"UDP longer than all": func(b []byte) { b[etherSize+ipSize+5]++ },
		"UDP without a head":  func(b []byte) { b[etherSize+ipSize+5] = 7 },
	} {
		b := turned([]byte("hello"))
		change(b)
		if got, err := Unwrap(b, false); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	b := turned([]byte("hello"))
	b[len(b)-1]++
	if _, err := Unwrap(b, true); err != nil {
		t.Errorf("a sum that is not finished: %v", err)
	}
	for n := range turned([]byte("hello")) {
		if got, err := Unwrap(turned([]byte("hello"))[:n], false); err == nil {
			t.Errorf("%d bytes of it: %q", n, got)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add(turned([]byte("hello")), false)
	f.Add(Wrap(mac(), netip.Addr{}, nil), true)
	f.Add([]byte{}, true)
	f.Fuzz(func(t *testing.T, b []byte, unsummed bool) {
		got, err := Unwrap(b, unsummed)
		if err == nil && !bytes.Contains(b, got) {
			t.Fatalf("%x out of %x", got, b)
		}
	})
}
