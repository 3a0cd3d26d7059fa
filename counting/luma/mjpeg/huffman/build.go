package huffman

import (
	"fmt"

	"tellijn/counting/luma/mjpeg/marker"
)

// Ready makes sure that the lookups fit the codes that a scan chooses. A frame without any codes
// has the standard ones.
func (t *Tables) Ready(want Choice) error {
	if !t.any {
		t.standard()
	}
	for i := want.Comps; i < len(want.Pairs); i++ {
		want.Pairs[i] = Pair{}
	}
	for _, p := range want.Pairs[:want.Comps] {
		if p.DC > 1 || p.AC > 1 {
			return fmt.Errorf("%w: Huffman tables %d and %d, want 0 or 1", marker.ErrUnsupported, p.DC, p.AC)
		}
		if !t.given[0][p.DC] || !t.given[1][p.AC] {
			return fmt.Errorf("%w: Huffman table missing, DC %d or AC %d", marker.ErrCorrupt, p.DC, p.AC)
		}
	}
	if t.built != want {
		t.built = want
		t.build()
	}
	return nil
}

// build works out all lookups.
func (t *Tables) build() {
	var dc, ac singles
	for i, p := range t.built.Pairs[:t.built.Comps] {
		if i == 2 && t.Slot(1) == t.Slot(2) {
			break
		}
		dc.spread(&t.codes[0][p.DC&1])
		ac.spread(&t.codes[1][p.AC&1])
		for peek := range uint32(1 << Bits) {
			var begin, inside walk
			begin.start(&dc, &ac, peek, i == 0 && t.built.Near)
			inside.run(&ac, peek, false)
			if i == 0 {
				t.Luma[peek] = begin.values()
				t.Skip[peek] = inside.entry()
				continue
			}
			t.Chroma[i-1][peek] = begin.entry()
			t.Chroma[i-1][peek|Inside] = inside.entry()
		}
		if i == 0 {
			for peek := range t.Low {
				t.Low[peek] = ac.low(uint32(peek) << (Bits - LowBits))
			}
		}
	}
}
