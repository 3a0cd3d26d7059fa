package mjpeg

import (
	"fmt"

	"tellijn/counting/luma/mjpeg/marker"
	"tellijn/hal/camera"
)

// minSide is the least width and height that camera.Format.Check takes.
const minSide = 8

// headers walks the marker segments from SOI to SOS and leaves the stream at the first coded byte.
func (d *Decoder) headers(data []byte) error {
	if len(data) < 2 {
		return fmt.Errorf("%w: %d bytes", ErrTruncated, len(data))
	}
	d.tables.Begin()
	if data[0] != 0xFF || data[1] != marker.SOI {
		return fmt.Errorf("%w: begins with %#02x %#02x, want the marker SOI; is it MJPEG?", ErrCorrupt, data[0], data[1])
	}
	for pos := 2; ; {
		m, at, err := marker.Next(data, pos)
		if err != nil {
			return err
		}
		if marker.Alone(m) {
			pos = at
			continue
		}
		if m == marker.SOI || m == marker.EOI {
			return fmt.Errorf("%w: marker %#02x at byte %d, before any scan", ErrCorrupt, m, at-1)
		}
		if at+2 > len(data) {
			return fmt.Errorf("%w: no segment length at byte %d of %d", ErrTruncated, at, len(data))
		}
		size := int(data[at])<<8 | int(data[at+1])
		if size < 2 {
			return fmt.Errorf("%w: segment %#02x at byte %d has length %d, want at least 2", ErrCorrupt, m, at, size)
		}
		if at+size > len(data) {
			return fmt.Errorf("%w: segment %#02x at byte %d wants %d bytes of %d", ErrTruncated, m, at, size, len(data))
		}
		pos = at + size
		if m == marker.SOS {
			return d.begin(data[at+2:pos], pos)
		}
		if err := d.segment(m, data[at+2:pos]); err != nil {
			return fmt.Errorf("%w (segment at byte %d)", err, at)
		}
	}
}

// segment reads what one marker segment says. Those that say nothing about luma are skipped.
func (d *Decoder) segment(m byte, s []byte) error {
	switch {
	case m == marker.DHT:
		return d.tables.Define(s)
	case m == marker.DQT:
		return d.frame.quantise(s)
	case m == marker.DRI:
		if len(s) != 2 {
			return fmt.Errorf("%w: restart interval of %d bytes, want 2", ErrCorrupt, len(s))
		}
		d.frame.restart = int(s[0])<<8 | int(s[1])
	case m == marker.SOF0 || m == marker.SOF1:
		return d.frame.size(s)
	case m == marker.DNL || m >= marker.SOF0 && m <= marker.SOFF && m != marker.JPG:
		return fmt.Errorf("%w: marker %#02x, want a sequential Huffman frame; choose another camera mode", ErrUnsupported, m)
	}
	return nil
}

// quantise reads quantisation tables (T.81 B.2.4.1). Their elements are in zigzag order (figure
// A.6): 0 is DC, 1 the first row, 2 the first column, 4 the diagonal between them.
func (f *frame) quantise(s []byte) error {
	for len(s) > 0 {
		id, bytes := s[0]&15, 1+int(s[0]>>4)
		if id > 3 || bytes > 2 {
			return fmt.Errorf("%w: quantisation table %d of %d bytes a step, want 0 to 3 of 1 or 2", ErrCorrupt, id, bytes)
		}
		if len(s) < 1+64*bytes {
			return fmt.Errorf("%w: quantisation table of %d bytes, want %d", ErrCorrupt, len(s)-1, 64*bytes)
		}
		for i, k := range [...]int{0, 1, 2, 4} {
			step := uint16(s[1+k])
			if bytes == 2 {
				step = uint16(s[1+2*k])<<8 | uint16(s[2+2*k])
			}
			if step == 0 {
				return fmt.Errorf("%w: quantisation table %d has a step of 0", ErrCorrupt, id)
			}
			f.quant[id][i] = step
		}
		s = s[1+64*bytes:]
	}
	return nil
}

// size reads the frame header (T.81 B.2.2).
func (f *frame) size(s []byte) error {
	if f.width != 0 {
		return fmt.Errorf("%w: two frame headers", ErrCorrupt)
	}
	if len(s) < 6 || len(s) != 6+3*int(s[5]) {
		return fmt.Errorf("%w: frame header of %d bytes", ErrCorrupt, len(s))
	}
	if s[0] != 8 {
		return fmt.Errorf("%w: %d bits a sample, want 8", ErrUnsupported, s[0])
	}
	height, width := int(s[1])<<8|int(s[2]), int(s[3])<<8|int(s[4])
	if width < minSide || height < minSide || width > camera.MaxSide || height > camera.MaxSide {
		return fmt.Errorf("%w: %dx%d pixels, want %d to %d a side", ErrUnsupported, width, height, minSide, camera.MaxSide)
	}
	if s[5] != 1 && s[5] != 3 {
		return fmt.Errorf("%w: %d components, want 1 or 3", ErrUnsupported, s[5])
	}
	f.comps = int(s[5])
	for i := range f.comps {
		p := s[6+3*i:]
		c := component{id: p[0], h: int(p[1] >> 4), v: int(p[1] & 15), quant: p[2]}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quant > 3 {
			return fmt.Errorf("%w: component %d sampled %dx%d with quantisation table %d", ErrCorrupt, c.id, c.h, c.v, c.quant)
		}
		if c.h > f.comp[0].h && i > 0 || c.v > f.comp[0].v && i > 0 {
			return fmt.Errorf("%w: chroma sampled %dx%d, finer than luma", ErrUnsupported, c.h, c.v)
		}
		f.comp[i] = c
	}
	f.width, f.height = width, height
	return nil
}
