package grain

import (
	"encoding/binary"

	"tellijn/hal/camera"
)

// The chroma of warm light on a grey floor.
const blue, red = 0x76, 0x8a

// packed writes one row of 4:2:2: luma in the low byte of each pair, or shifted up by 8 bits.
func (g *Grain) packed(out, src []byte, at, shift int) {
	row := g.row[:len(src)]
	g.plain(row, src, at)
	le := binary.LittleEndian
	const both = blue | red<<16 | blue<<32 | red<<48
	n := uint(shift) & 8
	tint := uint64(both) << (8 - n)
	for rest := row; len(rest) >= 8 && len(out) >= 16; rest, out = rest[8:], out[16:] {
		v := le.Uint64(rest)
		le.PutUint64(out, spread(v)<<n|tint)
		le.PutUint64(out[8:], spread(v>>32)<<n|tint)
	}
	tail := row[len(row)&^7:]
	for x := range tail {
		tone := byte(blue)
		if x&1 == 1 {
			tone = red
		}
		out[2*x+shift/8], out[2*x+1-shift/8] = tail[x], tone
	}
	clear(row)
}

// spread puts the four low bytes of v into the low bytes of four pairs.
func spread(v uint64) uint64 {
	v &= 0xffffffff
	v = (v | v<<16) & 0x0000ffff0000ffff
	return (v | v<<8) & 0x00ff00ff00ff00ff
}

// Size is the number of bytes of one frame of a raw format, planes of chroma included.
func Size(f camera.Format) int {
	n := f.Stride * f.Height
	switch f.Pixel {
	case camera.NV12, camera.YU12:
		return n + 2*(half(f.Stride)*half(f.Height))
	}
	return n
}

func half(n int) int { return (n + 1) / 2 }

// chroma fills the planes behind the luma.
func chroma(buffer []byte, f camera.Format) {
	plane := buffer[min(f.Stride*f.Height, len(buffer)):]
	switch f.Pixel {
	case camera.NV12:
		for i := range plane {
			plane[i] = blue
			if i&1 == 1 {
				plane[i] = red
			}
		}
	case camera.YU12:
		n := len(plane) / 2
		for i := range plane {
			plane[i] = blue
			if i >= n {
				plane[i] = red
			}
		}
	}
}
