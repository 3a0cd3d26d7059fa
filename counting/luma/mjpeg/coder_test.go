package mjpeg

import (
	"bytes"
	"math"
	"testing"
)

// coder makes frames for the tests: baseline, with any sampling, restart interval and code. It is slow
// and plain, and shares nothing with the decoder. Its standard codes come from the encoder of Go.
type coder struct {
	w, h     int
	sampling [][2]int // of each component
	quality  int      // 1 to 100
	restart  int
	code     func(spec []byte) []byte // changes the standard codes
	bare     bool                     // leave out the codes
	lowest   bool                     // keep coefficients 0, 1, 2 and 4 only, with 16-bit steps
	apart    bool                     // one scan for each component
	scene    func(x, y float64) float64

	out  bytes.Buffer
	acc  uint32
	n    uint
	pred [3]int
	huff [2][2]map[byte][2]uint32 // code and length
	cos  [8][8]float64            // of (2x+1)u pi/16
}

var zigzag = [64]int{0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63}

func (c *coder) segment(marker byte, body ...byte) {
	c.out.Write([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)})
	c.out.Write(body)
}

func (c *coder) steps(table int) (steps [64]int) {
	scale := 200 - 2*c.quality
	if c.quality < 50 {
		scale = 5000 / c.quality
	}
	for k := range steps {
		u, v := zigzag[k]%8, zigzag[k]/8
		steps[k] = min(max(((10+6*(u+v)+table*8)*scale+50)/100, 1), 255)
		if c.lowest {
			steps[k] = 65535
			if k < 3 || k == 4 {
				steps[k] = 2
			}
		}
	}
	return steps
}

func (c *coder) frame(tb testing.TB) []byte {
	c.out.Reset()
	for x := range 8 {
		for u := range 8 {
			c.cos[x][u] = math.Cos(float64((2*x+1)*u) * math.Pi / 16)
		}
	}
	c.out.Write([]byte{0xFF, 0xD8})
	c.segment(0xFE, []byte("an end \xff\xd9 in a comment")...)
	for t := range 2 {
		body := []byte{byte(t)}
		for _, s := range c.steps(t) {
			if c.lowest {
				body = append(body, byte(s>>8))
			}
			body = append(body, byte(s))
		}
		if c.lowest {
			body[0] |= 0x10
		}
		c.segment(0xDB, body...)
	}
	for class, specs := range standardCodes(tb) {
		for id, spec := range specs {
			if c.code != nil {
				spec = c.code(spec)
			}
			if !c.bare {
				c.segment(0xC4, append([]byte{byte(class<<4 | id)}, spec...)...)
			}
			c.huff[class][id] = map[byte][2]uint32{}
			code, place := uint32(0), 16
			for l := uint32(1); l <= 16; l++ {
				for range spec[l-1] {
					c.huff[class][id][spec[place]] = [2]uint32{code, l}
					code++
					place++
				}
				code <<= 1
			}
		}
	}
	head := []byte{8, byte(c.h >> 8), byte(c.h), byte(c.w >> 8), byte(c.w), byte(len(c.sampling))}
	for i, s := range c.sampling {
		head = append(head, byte(i+1), byte(s[0]<<4|s[1]), byte(min(i, 1)))
	}
	c.segment(0xC0, head...)
	if c.restart > 0 {
		c.segment(0xDD, byte(c.restart>>8), byte(c.restart))
	}
	all := []int{0, 1, 2}[:len(c.sampling)]
	if !c.apart {
		c.scan(all)
	} else {
		for _, i := range all {
			c.scan([]int{i})
		}
	}
	c.out.Write([]byte{0xFF, 0xD9})
	return bytes.Clone(c.out.Bytes())
}

func (c *coder) scan(comps []int) {
	head := []byte{byte(len(comps))}
	for _, i := range comps {
		head = append(head, byte(i+1), byte(min(i, 1)*0x11))
	}
	c.segment(0xDA, append(head, 0, 63, 0)...)
	hmax, vmax := c.sampling[0][0], c.sampling[0][1]
	across, down := (c.w+8*hmax-1)/(8*hmax), (c.h+8*vmax-1)/(8*vmax)
	if len(comps) == 1 { // blocks of the component itself, without padding to MCUs
		s := c.sampling[comps[0]]
		across, down = (c.w*s[0]+8*hmax-1)/(8*hmax), (c.h*s[1]+8*vmax-1)/(8*vmax)
	}
	for m := range across * down {
		if c.restart > 0 && m > 0 && m%c.restart == 0 {
			c.flush()
			c.out.Write([]byte{0xFF, byte(0xD0 + (m/c.restart-1)&7)})
			c.pred = [3]int{}
		}
		for _, i := range comps {
			h, v := c.sampling[i][0], c.sampling[i][1]
			sx, sy := float64(hmax)/float64(h), float64(vmax)/float64(v)
			if len(comps) == 1 {
				h, v = 1, 1
			}
			for b := range h * v {
				c.block(i, (m%across*h+b%h)*8, (m/across*v+b/h)*8, sx, sy)
			}
		}
	}
	c.flush()
	c.pred = [3]int{}
}

// block codes the samples from (x0, y0) of a component; sx and sy are luma samples to one of its own.
func (c *coder) block(comp, x0, y0 int, sx, sy float64) {
	var samples, rows [8][8]float64
	for y := range 8 {
		for x := range 8 {
			px, py := min(float64(x0+x)*sx, float64(c.w-1)), min(float64(y0+y)*sy, float64(c.h-1))
			v := c.scene(px, py)
			if comp > 0 {
				v = 128 + (v-128)/float64(1+comp)
			}
			samples[y][x] = math.Round(min(max(v, 0), 255)) - 128
		}
	}
	for y := range 8 {
		for u := range 8 {
			for x := range 8 {
				rows[y][u] += samples[y][x] * c.cos[x][u]
			}
		}
	}
	steps, last := c.steps(min(comp, 1)), 0
	var coeffs [64]int
	for k := range 64 {
		u, v, sum := zigzag[k]%8, zigzag[k]/8, 0.0
		for y := range 8 {
			sum += rows[y][u] * c.cos[y][v]
		}
		for _, f := range []int{u, v} {
			if f == 0 {
				sum /= math.Sqrt2
			}
		}
		if coeffs[k] = int(math.Round(sum / 4 / float64(steps[k]))); coeffs[k] != 0 {
			last = k
		}
	}
	id := min(comp, 1)
	c.symbol(0, id, 0, coeffs[0]-c.pred[comp])
	c.pred[comp] = coeffs[0]
	zeros := 0
	for k := 1; k <= last; k++ {
		if coeffs[k] == 0 {
			zeros++
			continue
		}
		for ; zeros > 15; zeros -= 16 {
			c.symbol(1, id, 15, 0)
		}
		c.symbol(1, id, zeros, coeffs[k])
		zeros = 0
	}
	if last < 63 {
		c.symbol(1, id, 0, 0)
	}
}

func (c *coder) symbol(class, id, zeros, v int) {
	size := uint32(0)
	for a := max(v, -v); a > 0; a >>= 1 {
		size++
	}
	if v < 0 {
		v += 1<<size - 1
	}
	code := c.huff[class][id][byte(zeros<<4)|byte(size)]
	c.bits(code[0], code[1])
	c.bits(uint32(v), size)
}

func (c *coder) bits(v, n uint32) {
	for ; n > 0; n-- {
		c.acc = c.acc<<1 | v>>(n-1)&1
		if c.n++; c.n == 8 {
			c.out.WriteByte(byte(c.acc))
			if byte(c.acc) == 0xFF {
				c.out.WriteByte(0)
			}
			c.acc, c.n = 0, 0
		}
	}
}

func (c *coder) flush() {
	for c.n > 0 {
		c.bits(1, 1)
	}
}
