// Package grain does what a real camera does to light: gain, the bands of flickering lamps, noise,
// and the pixel format. It keeps nothing of a frame. It is the last step of hal/camera/sim before
// a frame is lent.
package grain

import (
	"encoding/binary"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim/fixed"
)

// values is the number of places in the table of noise at which a row may begin.
const values = 1 << 14

// Grain adds noise of one strength. Use New.
type Grain struct {
	// up and down hold what a pixel gains and loses; one of the two is 0 at each place.
	up, down []byte
	row      []byte
	most     byte // that a pixel gains or loses
}

// New gives noise with a standard deviation of tenths/10 grey levels, for rows of width pixels.
func New(width int, tenths int32, seed uint64) *Grain {
	n := values + width + 8
	g := &Grain{up: make([]byte, n), down: make([]byte, n), row: make([]byte, width+8)}
	r := fixed.NewRand(seed, 0x9a1)
	for i := range values {
		// Twelve even draws of 16 bits add up to a normal one with deviation 65,536.
		sum := int64(-12 * 0x8000)
		for range 6 {
			v := r.Uint32()
			sum += int64(v>>16) + int64(v&0xffff)
		}
		// Rounded up or down at random, so that weak noise keeps its strength.
		const unit, lift = 655_360, 1000
		v := (sum*int64(tenths)+int64(r.Between(0, unit-1))+lift*unit)/unit - lift
		if v > 0 {
			g.up[i] = byte(min(v, 255))
		} else {
			g.down[i] = byte(min(-v, 255))
		}
		g.most = max(g.most, g.up[i], g.down[i])
	}
	copy(g.up[values:], g.up[:n-values])
	copy(g.down[values:], g.down[:n-values])
	return g
}

// Expose turns the luma by a gain in 1/4096, and by bands that are flicker/4096 strong and begin at
// phase on the top row; three of them fit into a frame.
func Expose(luma []byte, width int, gain, flicker int32, phase uint16) {
	if gain == 4096 && flicker == 0 {
		return
	}
	rows := len(luma) / width
	for y := range rows {
		band := fixed.Sin(phase + uint16(y*3*65536/rows))
		k := uint32(max(gain+int32(int64(gain)*int64(flicker)*int64(band)>>26), 0))
		row := luma[y*width : (y+1)*width]
		for x, v := range row {
			row[x] = byte(min(uint32(v)*k>>12, 255))
		}
	}
}

// Low and high bits of eight bytes at once, and a 1 in each.
const (
	ones  = 0x0101010101010101
	lows  = 0x7f7f7f7f7f7f7f7f
	highs = 0x8080808080808080
)

// more adds y to x in eight bytes, each stopping at 255.
func more(x, y uint64) uint64 {
	sum := (x & lows) + (y & lows) ^ (x^y)&highs
	over := (x&y | (x|y)&^sum) & highs >> 7
	return sum | over*255
}

// less takes y from x in eight bytes, each stopping at 0.
func less(x, y uint64) uint64 { return ^more(^x, y) }

// Frame writes a frame of this format: luma with noise that draws decides, and grey-brown chroma,
// so that nobody can mistake chroma for luma. buffer holds at least Size bytes.
func (g *Grain) Frame(buffer, luma []byte, f camera.Format, draws fixed.Rand) {
	w := f.Width
	for y := range f.Height {
		at := int(draws.Uint32() % values)
		src, out := luma[y*w:(y+1)*w], buffer[y*f.Stride:]
		switch f.Pixel {
		case camera.YUYV:
			g.packed(out[:2*w], src, at, 0)
		case camera.UYVY:
			g.packed(out[:2*w], src, at, 8)
		default:
			g.plain(out[:w], src, at)
		}
	}
	chroma(buffer, f)
}

// plain adds the noise from place at to one row.
func (g *Grain) plain(out, src []byte, at int) {
	up, down := g.up[at:at+len(src)], g.down[at:at+len(src)]
	le := binary.LittleEndian
	// Added to the low bits of a byte, room sets its high bit if the byte is most or above.
	room := uint64(0x80-min(g.most, 0x80)) * ones
	for len(src) >= 8 && len(up) >= 8 && len(down) >= 8 && len(out) >= 8 {
		v := le.Uint64(src)
		if ((v&lows+room)|v)&((^v&lows+room)|^v)&highs == highs {
			v += le.Uint64(up) - le.Uint64(down) // no byte can pass its ends
		} else {
			v = less(more(v, le.Uint64(up)), le.Uint64(down))
		}
		le.PutUint64(out, v)
		src, up, down, out = src[8:], up[8:], down[8:], out[8:]
	}
	for x := range src {
		out[x] = byte(max(min(int(src[x])+int(up[x]), 255)-int(down[x]), 0))
	}
}
