package clips

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"

	"tellijn/counting/grid"
	"tellijn/counting/luma/mjpeg"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// Difference says how far what is read from the lowest coefficients alone is from a full decode.
type Difference struct {
	Units  Levels // squares of 8 or 4 pixels, as the decoder gives them
	Cells  Levels // cells as counting sees them; borders of cells inside a unit add to it
	Frames int    // compared
}

// Levels are differences in grey levels.
type Levels struct {
	Mean, Worst float64
	n           int
}

func (l *Levels) add(off float64) {
	off = math.Abs(off)
	l.Mean += (off - l.Mean) / float64(l.n+1)
	l.Worst = max(l.Worst, off)
	l.n++
}

// samples of one clip at most.
const samples = 25

// sampler compares some frames of an MJPEG clip. nil compares none.
type sampler struct {
	plan    grid.Plan
	grid    grid.Grid
	decoder mjpeg.Decoder
	band    mjpeg.Band
	tables  []byte // of Huffman codes, for frames without
	every   int
	n       int
	d       Difference
}

func newSampler(sc *scene.Scene, f camera.Format, frames int) (*sampler, error) {
	plan, err := grid.NewPlan(sc, f)
	if err != nil {
		return nil, err
	}
	s := &sampler{plan: plan, every: max(1, (frames+samples-1)/samples)}
	s.tables, err = tables()
	s.grid.Set(plan, f)
	return s, err
}

// frame compares f if its turn has come and both decoders can read it.
func (s *sampler) frame(f *camera.Frame) {
	if s == nil {
		return
	}
	if s.n++; (s.n-1)%s.every != 0 || f.Damaged {
		return
	}
	full, err := s.full(f.Data)
	if err != nil || s.grid.Reduce(f.Data) != nil {
		return
	}
	s.d.Frames++
	side := float64(s.plan.Step*s.plan.Scale) / 256 // of a cell, in pixels
	for y := range s.plan.H {
		for x := range s.plan.W {
			s.d.Cells.add(full.mean(float64(x)*side, float64(y)*side, side) - float64(s.grid.Cells[y*s.plan.W+x]))
		}
	}
	s.grid.Wipe()
	s.units(f.Data, full)
	clear(full.pix)
}

// units compares the whole squares that the decoder gives.
func (s *sampler) units(frame []byte, full plane) {
	side := s.plan.Scale
	width, height, err := s.decoder.Start(frame, side)
	for top := 0; err == nil && top < height/side; {
		var rows int
		if rows, err = s.decoder.Next(frame, &s.band); rows == 0 {
			break
		}
		for y := range min(rows, height/side-top) {
			for x := range width / side {
				s.d.Units.add(full.mean(float64(x*side), float64((top+y)*side), float64(side)) - float64(s.band.Units[y][x]))
			}
		}
		top += rows
	}
	s.decoder.Wipe()
	s.band = mjpeg.Band{}
}

// difference gives the sum of all; nil if nothing could be compared.
func (s *sampler) difference() *Difference {
	if s == nil || s.d.Frames == 0 {
		return nil
	}
	return &s.d
}

// plane is the luma of a full decode.
type plane struct {
	pix    []byte
	stride int
}

func (s *sampler) full(frame []byte) (plane, error) {
	if !bytes.Contains(frame[:min(len(frame), 2048)], []byte{0xFF, 0xC4}) && len(frame) > 2 {
		frame = append(append(bytes.Clone(frame[:2]), s.tables...), frame[2:]...)
	}
	m, err := jpeg.Decode(bytes.NewReader(frame))
	if err != nil {
		return plane{}, err
	}
	switch m := m.(type) {
	case *image.YCbCr:
		return plane{m.Y[:cap(m.Y)], m.YStride}, nil
	case *image.Gray:
		return plane{m.Pix[:cap(m.Pix)], m.Stride}, nil
	}
	return plane{}, fmt.Errorf("clips: a frame decodes to %T, want luma", m)
}

// mean of the square of this side at x, y, where pixels on its rim count in part.
func (p plane) mean(x, y, side float64) float64 {
	var sum float64
	for py := int(y); float64(py) < y+side; py++ {
		var row float64
		for px := int(x); float64(px) < x+side; px++ {
			row += float64(p.pix[py*p.stride+px]) * overlap(px, x, side)
		}
		sum += row * overlap(py, y, side)
	}
	return sum / (side * side)
}

// overlap of pixel i with [from, from+side).
func overlap(i int, from, side float64) float64 {
	return min(float64(i+1), from+side) - max(float64(i), from)
}

// tables gives the segments with the Huffman tables of ITU-T T.81, annex K.3, which frames from
// cameras leave out: an encoder that always uses them writes them.
func tables() ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio444), nil); err != nil {
		return nil, err
	}
	data := b.Bytes()
	var out []byte
	for at := 2; at+4 <= len(data) && data[at+1] != 0xDA; { // up to the scan
		n := 2 + int(data[at+2])<<8 + int(data[at+3])
		if data[at+1] == 0xC4 {
			out = append(out, data[at:at+n]...)
		}
		at += n
	}
	return out, nil
}
