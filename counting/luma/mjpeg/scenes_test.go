package mjpeg

import (
	"bytes"
	raster "image"
	full "image/jpeg"
	"math"
	"testing"
)

// Scenes for the coder: luma at a place.

// floor is smooth, with some texture.
func floor(x, y float64) float64 {
	return 120 + 60*math.Sin(x/17) + 40*math.Cos(y/11+x/40) + 8*math.Sin(x*1.7)*math.Sin(y*2.3)
}

// speckle is noise over the whole range: long codes, full blocks.
func speckle(x, y float64) float64 {
	h := uint32(x)*0x9E3779B1 ^ uint32(y)*0x85EBCA6B
	h = (h ^ h>>15) * 0x2C1B3C6D
	return float64(h >> 24)
}

// edges has black and white squares of 12 pixels.
func edges(x, y float64) float64 { return float64((int(x)/12+int(y)/12)%2) * 255 }

// standardCodes reads the DHT segment that Go's encoder writes: class and number, counts, values.
func standardCodes(tb testing.TB) (specs [2][2][]byte) {
	var b bytes.Buffer
	if err := full.Encode(&b, raster.NewYCbCr(raster.Rect(0, 0, 8, 8), raster.YCbCrSubsampleRatio420), nil); err != nil {
		tb.Fatal(err)
	}
	at := bytes.Index(b.Bytes(), []byte{0xFF, 0xC4})
	s := b.Bytes()[at+4:]
	for range 4 {
		n := 16
		for _, c := range s[1:17] {
			n += int(c)
		}
		specs[s[0]>>4][s[0]&15] = s[1 : 1+n]
		s = s[1+n:]
	}
	return specs
}

// Codes for the coder, made from the standard ones.

// flat gives all values codes of the same length.
func flat(spec []byte) []byte {
	out := make([]byte, 16, len(spec))
	n := len(spec) - 16
	out[8-1] = byte(n)
	if n < 16 {
		out[8-1], out[4-1] = 0, byte(n)
	}
	return append(out, spec[16:]...)
}

// backwards gives the shortest codes to the rarest values.
func backwards(spec []byte) []byte {
	out := bytes.Clone(spec[:16])
	for i := len(spec) - 1; i >= 16; i-- {
		out = append(out, spec[i])
	}
	return out
}

// units reads all of a frame.
func units(d *Decoder, frame []byte, scale int) (all [][]uint8, err error) {
	width, height, err := d.Start(frame, scale)
	if err != nil {
		return nil, err
	}
	var band Band
	for {
		rows, err := d.Next(frame, &band)
		if err != nil {
			return nil, err
		}
		if rows == 0 {
			break
		}
		for y := range rows {
			all = append(all, bytes.Clone(band.Units[y][:band.Width]))
		}
	}
	if want := (height + scale/2) / scale; len(all) != want {
		panic("rows do not fit the height")
	}
	if want := (width + scale/2) / scale; band.Width != want {
		panic("units do not fit the width")
	}
	return all, nil
}

// reference holds luma as Go's decoder gives it, with the padding to whole MCUs.
type reference struct {
	pix    []uint8
	stride int
}

func decode(t testing.TB, frame []byte) reference {
	m, err := full.Decode(bytes.NewReader(frame))
	if err != nil {
		t.Fatalf("Go's decoder: %v", err)
	}
	switch m := m.(type) {
	case *raster.YCbCr:
		return reference{m.Y[:cap(m.Y)], m.YStride}
	case *raster.Gray:
		return reference{m.Pix[:cap(m.Pix)], m.Stride}
	}
	t.Fatalf("Go's decoder: %T", m)
	return reference{}
}

// mean of the square that a unit stands for.
func (r reference) mean(x, y, scale int) float64 {
	sum := 0
	for j := range scale {
		for i := range scale {
			sum += int(r.pix[(y*scale+j)*r.stride+x*scale+i])
		}
	}
	return float64(sum) / float64(scale*scale)
}

// distance gives the mean and the largest difference to the reference, in grey levels.
func distance(all [][]uint8, r reference, scale int) (mean, worst float64) {
	n := 0
	for y, row := range all {
		for x, u := range row {
			e := math.Abs(float64(u) - r.mean(x, y, scale))
			mean, worst, n = mean+e, max(worst, e), n+1
		}
	}
	return mean / float64(n), worst
}
