package talk

import (
	"errors"
	"hash/crc32"
	"net/netip"
	"testing"
	"time"

	"tellijn/firmware/scout/lease"
)

// all is one message of each kind.
func all() []Message {
	l := lease.Lease{Address: netip.MustParsePrefix("192.0.2.5/24"), Gateway: netip.MustParseAddr("192.0.2.1"),
		Names: [3]netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	lent := l
	lent.For = time.Hour
	return []Message{
		{Kind: Link, Index: 3, MAC: [6]byte{2, 0, 0, 0, 0, 1}, Lent: true},
		{Kind: Link, Index: 3, MAC: [6]byte{2, 0, 0, 0, 0, 1}, Lease: l},
		{Kind: NoLink}, {Kind: Radio},
		{Kind: Leased, Index: 1 << 30, Lease: lent}, {Kind: Gone, Index: 7},
		{Kind: Sample, Source: 3, Boot: time.Hour, Time: time.Unix(1<<31, 5).UTC(), Error: time.Millisecond},
		{Kind: Word, Code: Kissed, Source: 1},
	}
}

func asks(m Message) bool { return m.Kind >= Leased }

func TestBothWays(t *testing.T) {
	for _, m := range all() {
		var b [Size]byte
		Encode(&b, &m)
		got, err := Decode(&b, asks(m))
		if err != nil || got != m {
			t.Errorf("kind %d: %+v, %v, want %+v", m.Kind, got, err, m)
		}
		if _, err := Decode(&b, !asks(m)); !errors.Is(err, ErrMalformed) {
			t.Errorf("kind %d from the other half: %v", m.Kind, err)
		}
		for i := range b {
			for bit := range 8 {
				c := b
				c[i] ^= 1 << bit
				if _, err := Decode(&c, asks(m)); !errors.Is(err, ErrMalformed) {
					t.Errorf("kind %d: bit %d of byte %d does not matter: %v", m.Kind, bit, i, err)
				}
			}
		}
	}
}

// sum puts the right sum on bytes, as somebody who means harm would.
func sum(b *[Size]byte) {
	s := crc32.ChecksumIEEE(b[:Size-4])
	for i := range 4 {
		b[Size-4+i] = byte(s >> (8 * i))
	}
}

func TestRefused(t *testing.T) {
	for name, m := range map[string]Message{
		"no kind":                          {},
		"a kind that is not there":         {Kind: Word + 1},
		"a word that is not there":         {Kind: Word, Code: lastCode + 1},
		"no word":                          {Kind: Word},
		"a source that is not there":       {Kind: Word, Code: NoTime, Source: MaxSources},
		"a lease with a word":              {Kind: Leased, Code: NoTime},
		"a word with a lease":              {Kind: Word, Code: NoTime, Lease: all()[1].Lease},
		"a time with an interface":         {Kind: Sample, Time: time.Unix(1, 0), Index: 1},
		"no time":                          {Kind: Sample},
		"a time before the machine":        {Kind: Sample, Time: time.Unix(1, 0), Boot: -1},
		"a time that is better than right": {Kind: Sample, Time: time.Unix(1, 0), Error: -1},
		"an end with a hardware address":   {Kind: Gone, MAC: [6]byte{1}},
	} {
		var b [Size]byte
		Encode(&b, &m)
		if got, err := Decode(&b, true); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	m := all()[4]
	var b [Size]byte
	Encode(&b, &m)
	for i, v := range map[int]byte{9: 2, 24: 33, 75: 1} { // lent, bits, filling
		c := b
		c[i] = v
		sum(&c)
		if got, err := Decode(&c, true); !errors.Is(err, ErrMalformed) {
			t.Errorf("byte %d: %+v, %v", i, got, err)
		}
	}
}

// FuzzDecode holds whatever decodes to be written as it was read.
func FuzzDecode(f *testing.F) {
	for _, m := range all() {
		var b [Size]byte
		Encode(&b, &m)
		f.Add(b[:], asks(m))
	}
	f.Fuzz(func(t *testing.T, in []byte, asking bool) {
		var b, again [Size]byte
		copy(b[:], in)
		sum(&b)
		m, err := Decode(&b, asking)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		if Encode(&again, &m); again != b {
			t.Fatalf("%x became %x: %+v", b, again, m)
		}
	})
}
