package mjpeg

import (
	"fmt"

	"tellijn/counting/luma/mjpeg/huffman"
	"tellijn/counting/luma/mjpeg/scan"
)

// begin reads the scan header (T.81 B.2.3) and makes everything ready for the first row.
func (d *Decoder) begin(s []byte, pos int) error {
	f := &d.frame
	if f.width == 0 {
		return fmt.Errorf("%w: scan before the frame header", ErrCorrupt)
	}
	if len(s) < 1 || len(s) != 4+2*int(s[0]) {
		return fmt.Errorf("%w: scan header of %d bytes", ErrCorrupt, len(s))
	}
	// Luma alone may come first and chroma in later scans, which nobody reads then.
	if n := int(s[0]); n != f.comps && n != 1 {
		return fmt.Errorf("%w: %d of %d components in the first scan", ErrUnsupported, n, f.comps)
	}
	f.comps = int(s[0])
	choice := huffman.Choice{Near: f.scale == 4, Comps: f.comps}
	for i, c := range f.comp[:f.comps] {
		if s[1+2*i] != c.id {
			return fmt.Errorf("%w: scan of component %d where %d is due; luma must come first", ErrUnsupported, s[1+2*i], c.id)
		}
		choice.Pairs[i] = huffman.Pair{DC: s[2+2*i] >> 4, AC: s[2+2*i] & 15}
	}
	if p := s[1+2*f.comps:]; p[0] != 0 || p[1] != 63 || p[2] != 0 {
		return fmt.Errorf("%w: scan of coefficients %d to %d, approximation %#02x, want all of them", ErrUnsupported, p[0], p[1], p[2])
	}
	if err := d.tables.Ready(choice); err != nil {
		return err
	}
	f.place = scan.New(pos)
	return f.layout(d.tables.Slot)
}

// layout works out MCUs, units and weights.
func (f *frame) layout(slot func(comp int) int) error {
	if f.comps == 1 {
		f.comp[0].h, f.comp[0].v = 1, 1 // a scan of one component has MCUs of one block, T.81 A.2.2
	}
	f.luma, f.chroma = f.comp[0].h*f.comp[0].v, [2]int{}
	blocks := f.luma
	for i := 1; i < f.comps; i++ {
		n := f.comp[i].h * f.comp[i].v
		f.chroma[slot(i)] += n // components that share their codes go in one run
		blocks += n
	}
	if blocks > scan.MaxBlocks {
		return fmt.Errorf("%w: %d blocks in an MCU, want at most %d (T.81 B.2.3)", ErrCorrupt, blocks, scan.MaxBlocks)
	}
	c := &f.comp[0]
	f.mcus = (f.width + 8*c.h - 1) / (8 * c.h)
	if units := f.mcus * c.h * 8 / f.scale; units > MaxUnits {
		return fmt.Errorf("%w: %d pixels across are %d units at scale %d, want at most %d; choose scale 8 or a smaller camera mode",
			ErrUnsupported, f.width, units, f.scale, MaxUnits)
	}
	f.columns = (f.width + f.scale/2) / f.scale
	f.rows = (f.height + f.scale/2) / f.scale
	f.left = f.restart
	if f.restart == 0 {
		f.left = -1 // counts down and never meets zero
	}
	step := f.quant[c.quant]
	if step[0] == 0 {
		return fmt.Errorf("%w: quantisation table %d missing", ErrCorrupt, c.quant)
	}
	f.weigh(step)
	return nil
}
