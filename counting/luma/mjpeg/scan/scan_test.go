package scan

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"tellijn/counting/luma/mjpeg/huffman"
	"tellijn/counting/luma/mjpeg/marker"
)

// standard are the tables of a frame that brings no codes.
func standard(tb testing.TB, nearby bool) *huffman.Tables {
	t := new(huffman.Tables)
	t.Begin()
	err := t.Ready(huffman.Choice{Near: nearby, Comps: 3, Pairs: [3]huffman.Pair{{}, {DC: 1, AC: 1}, {DC: 1, AC: 1}}})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// bits turns text of zeros and ones into bytes, padded with ones; other characters are ignored.
func bits(text string) []byte {
	var out []byte
	acc, n := byte(0), 0
	for _, c := range text + "1111111" {
		if c != '0' && c != '1' {
			continue
		}
		acc = acc<<1 | byte(c-'0')
		if n++; n == 8 {
			out = append(out, acc)
			if acc == 0xFF {
				out = append(out, 0)
			}
			acc, n = 0, 0
		}
	}
	return out
}

func TestLuma(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Low
	}{
		{"nothing", "00 1010", Low{}},
		{"DC 1", "010 1 1010", Low{1}},
		{"DC -1", "010 0 1010", Low{-1}},
		{"DC -2047", "111111110 00000000000 1010", Low{-2047}},
		{"the first", "00 00 1 1010", Low{0, 1}},
		{"the second", "00 1100 0 1010", Low{0, 0, -1}},
		{"the fourth", "00 111010 1 1010", Low{0, 0, 0, 0, 1}},
		{"the fourth is 3", "00 111110111 11 1010", Low{0, 0, 0, 0, 3}},
		{"the fifth is none", "00 111011 1 1010", Low{}},
		{"1023 and -1023", "00 1111111110000011 1111111111 1111111110000011 0000000000 1010", Low{0, 1023, -1023}},
		{"all", "100 101 00 1 00 0 00 1 00 1 1010", Low{5, 1, -1, 1, 1}},
		{"the last", "00 11111111001 11111111001 11111111001 1111111111101011 0", Low{}}, // 3 times 16 zeros, then 14 and -1
	} {
		for _, nearby := range []bool{false, true} {
			var lows [MaxBlocks]Low
			lows[0] = Low{9, 9, 9, 9, 9}
			s := begin(append(bits(c.text), 0xFF, marker.EOI))
			if err := s.Luma(standard(t, nearby), &lows, 1, nearby); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			got, want := lows[0], c.want
			if got[3], want[3] = 0, 0; !nearby {
				got, want = Low{got[0]}, Low{want[0]}
			}
			if got != want {
				t.Errorf("%s: got %v, want %v", c.name, got, want)
			}
			if err := s.Check(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

func TestWild(t *testing.T) {
	for name, text := range map[string]string{
		"DC code":       "111111111",
		"AC code":       "00 1111111111111111",
		"too many":      "00 11111111001 11111111001 11111111001 11111111001 00 1 1010",
		"more than all": "00 11111111001 11111111001 11111111001 1111111111111110 1",
	} {
		var lows [MaxBlocks]Low
		for comp := range 2 {
			s := begin(bits(text + "111111111111111111111111"))
			var err error
			if tables := standard(t, true); comp == 0 {
				err = s.Luma(tables, &lows, 1, true)
			} else if name != "too many" && name != "more than all" { // other codes in chroma
				err = s.Chroma(tables, 1, 1)
			} else {
				continue
			}
			if !errors.Is(err, marker.ErrCorrupt) {
				t.Errorf("%s, component %d: %v", name, comp, err)
			}
		}
	}
}

func TestResume(t *testing.T) {
	tables := standard(t, false)
	block := bits("010 1 1010")
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"good", append(bytes.Clone(block), 0xFF, 0xD3), nil},
		{"fill bytes", append(bytes.Clone(block), 0xFF, 0xFF, 0xFF, 0xD3), nil},
		{"other number", append(bytes.Clone(block), 0xFF, 0xD4), marker.ErrCorrupt},
		{"bytes before", append(bytes.Clone(block), 0, 0xFF, 0xD3), marker.ErrCorrupt},
		{"many bytes before", append(append(bytes.Clone(block), make([]byte, 20)...), 0xFF, 0xD3), marker.ErrCorrupt},
		{"cut", block, marker.ErrTruncated},
		{"block cut", []byte{0xFF, 0xD3}, marker.ErrCorrupt},
	} {
		var lows [MaxBlocks]Low
		s := begin(c.data)
		if err := s.Luma(tables, &lows, 1, false); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := s.Resume(3); c.want == nil && err != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// begin reads data from its first byte.
func begin(data []byte) Stream {
	p := New(0)
	return p.In(data)
}

// same reads blocks with the lookups and without, and compares.
func same(t *testing.T, tables *huffman.Tables, data []byte, nearby bool) {
	quick, slow := begin(data), begin(data)
	var a, b [MaxBlocks]Low
	for mcu := range 40 {
		for comp, count := range []int{4, 2, 1} {
			var err, want error
			if comp == 0 {
				err = quick.Luma(tables, &a, count, nearby)
			} else {
				err = quick.Chroma(tables, comp, count)
			}
			k := uint(0)
			for i := 0; i < count && want == nil; {
				l := &b[i]
				if comp > 0 {
					l = nil
				}
				i, k, want = slow.stuck(tables, comp, i, k, l)
			}
			if (err == nil) != (want == nil) {
				t.Fatalf("MCU %d component %d: %v with lookups, %v without", mcu, comp, err, want)
			}
			if err != nil {
				return
			}
			if at, want := 8*(quick.pos)-int(quick.n-quick.pad), 8*(slow.pos)-int(slow.n-slow.pad); quick.pos == slow.pos && at != want {
				t.Fatalf("MCU %d component %d ends at bit %d with lookups, %d without", mcu, comp, at, want)
			}
			for i := range count {
				x, y := a[i], b[i]
				if x[3], y[3] = 0, 0; !nearby {
					x, y = Low{x[0]}, Low{y[0]}
				}
				if comp == 0 && x != y {
					t.Fatalf("MCU %d block %d: %v with lookups, %v without", mcu, i, x, y)
				}
			}
		}
	}
}

func TestLookupsChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, nearby := range []bool{false, true} {
		tables := standard(t, nearby)
		for range 500 {
			data := make([]byte, r.IntN(300))
			mask := byte(r.Uint32()) | byte(r.Uint32()) // fewer ones: fewer wild codes
			for i := range data {
				data[i] = byte(r.Uint32()) & mask
				if i > 0 && data[i-1] == 0xFF && r.IntN(8) > 0 {
					data[i] = 0
				}
			}
			same(t, tables, data, nearby)
		}
	}
}

func FuzzLookupsChangeNothing(f *testing.F) {
	f.Add(bits("100 101 00 1 00 0 00 1 00 1 1010 00 00 00 00"), true)
	f.Add(bits("00 11111111001 11111111001 11111111001 1111111111101011 0 00 1010"), false)
	f.Add(bytes.Repeat([]byte{0xFF, 0}, 40), true)
	near, far := standard(f, true), standard(f, false)
	f.Fuzz(func(t *testing.T, data []byte, nearby bool) {
		if nearby {
			same(t, near, data, true)
		} else {
			same(t, far, data, false)
		}
	})
}
