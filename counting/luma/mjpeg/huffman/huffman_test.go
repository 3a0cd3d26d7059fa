package huffman

import (
	"errors"
	"testing"

	"tellijn/counting/luma/mjpeg/marker"
)

var usual = Choice{Near: true, Comps: 3, Pairs: [3]Pair{{0, 0}, {1, 1}, {1, 1}}}

func TestExtend(t *testing.T) {
	// T.81 table F.1: category, bits and difference.
	for _, c := range []struct {
		size uint
		bits uint64
		want int32
	}{{0, 0, 0}, {1, 0, -1}, {1, 1, 1}, {2, 0, -3}, {2, 1, -2}, {2, 2, 2}, {2, 3, 3}, {11, 0, -2047}, {11, 2047, 2047}, {11, 1023, -1024}} {
		if got := Extend(c.bits<<(64-c.size), c.size); got != c.want {
			t.Errorf("%d bits %b: %d, want %d", c.size, c.bits, got, c.want)
		}
		if got := Extend(c.bits<<(64-c.size)|1<<(64-c.size)>>1, c.size); got != c.want {
			t.Errorf("%d bits %b and more: %d, want %d", c.size, c.bits, got, c.want)
		}
	}
}

// TestStandard checks codes that T.81 prints out in tables K.3 to K.6.
func TestStandard(t *testing.T) {
	var tables Tables
	tables.Begin()
	if err := tables.Ready(usual); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		comp                int
		start               bool
		code                uint32
		length, zeros, size uint
	}{
		{0, true, 0b00, 2, 0, 0}, {0, true, 0b111111110, 9, 0, 11},
		{1, true, 0b00, 2, 0, 0}, {1, true, 0b11111111110, 11, 0, 11},
		{0, false, 0b1010, 4, 0, 0}, {0, false, 0b11111111001, 11, 15, 0}, {0, false, 0b1100, 4, 1, 1},
		{0, false, 0b1111111110000010, 16, 0, 9}, {0, false, 0b1111111111111110, 16, 15, 10},
		{1, false, 0b00, 2, 0, 0}, {2, false, 0b1111111010, 10, 15, 0}, {2, false, 0b1111111111111110, 16, 15, 10},
	} {
		length, zeros, size, ok := tables.Symbol(c.comp, c.start, c.code<<(16-c.length))
		if !ok || length != c.length || zeros != c.zeros || size != c.size {
			t.Errorf("component %d %0*b: %d bits for %d zeros and %d bits (%v)", c.comp, c.length, c.code, length, zeros, size, ok)
		}
	}
	if _, _, _, ok := tables.Symbol(0, false, 0xFFFF); ok {
		t.Error("16 ones are a code")
	}
}

// TestEntries: no entry moves to or over the end of a block without saying so, or takes more bits than
// the longest code in sight and its magnitude.
func TestEntries(t *testing.T) {
	var tables Tables
	tables.Begin()
	// Codes of 2 bits: the end of the block, 16 zeros, and magnitudes of 1 and 10 after 15 zeros.
	if err := tables.Define([]byte("\x10\x00\x04" + string(make([]byte, 14)) + "\x00\xf0\xf1\xfa\x00\x00\x00\x01" + string(make([]byte, 13)) + "\x05")); err != nil {
		t.Fatal(err)
	}
	if err := tables.Ready(Choice{Comps: 1}); err != nil {
		t.Fatal(err)
	}
	check := func(name string, e uint64) {
		taken, move := e&63, e>>Shift&255
		if e&0xFFFF == Lost {
			return
		}
		if taken == 0 || taken > Bits+maxDC || move&64 != 0 || move == 0 {
			t.Fatalf("%s: an entry takes %d bits and moves by %d", name, taken, move)
		}
	}
	for i := range tables.Skip {
		check("Luma", tables.Luma[i])
		check("Skip", uint64(tables.Skip[i]))
	}
	for _, e := range tables.Low {
		check("Low", uint64(e))
	}
}

// TestNoSuchSymbol: values that T.81 tables F.1 and F.2 do not have are no symbols.
func TestNoSuchSymbol(t *testing.T) {
	var tables Tables
	tables.Begin()
	spec := string(append([]byte{0, 4}, make([]byte, 14)...)) // four codes of 2 bits
	if err := tables.Define([]byte("\x00" + spec + "\x00\x0b\x0c\x10" + "\x10" + spec + "\x0a\x0b\x10\xe0")); err != nil {
		t.Fatal(err)
	}
	if err := tables.Ready(Choice{Near: true, Comps: 1}); err != nil {
		t.Fatal(err)
	}
	for code := range uint32(4) {
		_, _, _, dc := tables.Symbol(0, true, code<<14)
		_, _, _, ac := tables.Symbol(0, false, code<<14)
		if dc != (code < 2) || ac != (code == 0) {
			t.Errorf("code %02b: DC %v, AC %v", code, dc, ac)
		}
		if lost := tables.Luma[code<<(Bits-2)] == Lost; lost == dc {
			t.Errorf("code %02b: Luma lost %v", code, lost)
		}
		if lost := tables.Skip[code<<(Bits-2)] == Lost; lost == ac {
			t.Errorf("code %02b: Skip lost %v", code, lost)
		}
		if lost := tables.Low[code<<(LowBits-2)] == Lost; lost == ac {
			t.Errorf("code %02b: Low lost %v", code, lost)
		}
	}
}

// TestBuiltOnce: the same codes again cost nothing, others do.
func TestBuiltOnce(t *testing.T) {
	var tables Tables
	ready := func(c Choice, dht string) {
		t.Helper()
		tables.Begin()
		if dht != "" {
			if err := tables.Define([]byte(dht)); err != nil {
				t.Fatal(err)
			}
		}
		if err := tables.Ready(c); err != nil {
			t.Fatal(err)
		}
	}
	all := "\x00" + lumaDC + "\x10" + lumaAC + "\x01" + chromaDC + "\x11" + chromaAC
	ready(usual, all)
	tables.Luma[0] = 12345 // stays if nothing is built
	ready(usual, all)
	ready(usual, "")
	if tables.Luma[0] != 12345 {
		t.Error("built again for the same codes")
	}
	other := []byte(all)
	other[len(other)-1] = 0xFB
	ready(usual, string(other))
	if tables.Luma[0] == 12345 {
		t.Error("not built for other codes")
	}
	tables.Luma[0] = 12345
	far := usual
	far.Near = false
	ready(far, string(other))
	if tables.Luma[0] == 12345 {
		t.Error("not built for another choice")
	}
}

func TestRefused(t *testing.T) {
	counts := func(first ...byte) string { return string(append(first, make([]byte, 16-len(first))...)) }
	for name, c := range map[string]struct {
		dht  string
		want error
	}{
		"short":          {"\x00", marker.ErrCorrupt},
		"class 2":        {"\x20" + counts(1) + "a", marker.ErrCorrupt},
		"number 2":       {"\x02" + counts(1) + "a", marker.ErrUnsupported},
		"values missing": {"\x00" + counts(1, 1) + "a", marker.ErrCorrupt},
		"too full":       {"\x00" + counts(1, 3) + "abcd", marker.ErrCorrupt},
		"257 values":     {"\x00" + counts(0, 0, 0, 0, 0, 0, 0, 200, 57) + string(make([]byte, 257)), marker.ErrCorrupt},
	} {
		var tables Tables
		tables.Begin()
		if err := tables.Define([]byte(c.dht)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var tables Tables
	tables.Begin()
	if err := tables.Define([]byte("\x00" + lumaDC)); err != nil {
		t.Fatal(err)
	}
	if err := tables.Ready(usual); !errors.Is(err, marker.ErrCorrupt) {
		t.Errorf("three codes missing: %v", err)
	}
	if err := tables.Ready(Choice{Comps: 1, Pairs: [3]Pair{{2, 0}}}); !errors.Is(err, marker.ErrUnsupported) {
		t.Errorf("table 2: %v", err)
	}
}

// BenchmarkBuild is what a new code costs.
func BenchmarkBuild(b *testing.B) {
	var tables Tables
	for b.Loop() {
		tables.Begin()
		tables.built = Choice{}
		if err := tables.Ready(usual); err != nil {
			b.Fatal(err)
		}
	}
}
