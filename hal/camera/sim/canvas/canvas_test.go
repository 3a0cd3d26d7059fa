package canvas

import (
	"math"
	"testing"

	"tellijn/hal/camera/sim/fixed"
)

// mass is the sum of the luma in units of one full pixel of this luma.
func mass(c *Canvas, luma int32) float64 {
	n := 0
	for _, v := range c.Luma {
		n += int(v)
	}
	return float64(n) / float64(luma)
}

func TestEllipseHasItsArea(t *testing.T) {
	for _, turn := range []uint16{0, 5000, 16384, 20000, 50000} {
		for _, a := range []int32{600, 2000, 5000} {
			c := New(64, 64, 1)
			at := Point{32*Pixel + 77, 32*Pixel + 131}
			c.Ellipse(at, a, 1000, fixed.Cos(turn), fixed.Sin(turn), Ink{Luma: 200})
			want := math.Pi * float64(a) * 1000 / Pixel / Pixel
			if got := mass(c, 200); math.Abs(got-want) > 0.02*want+0.5 {
				t.Errorf("turn %d, a %d: area %.1f pixels, want %.1f", turn, a, got, want)
			}
		}
	}
}

func TestEllipsePointsWhereItShould(t *testing.T) {
	c := New(64, 64, 1)
	c.Ellipse(Point{32 * Pixel, 32 * Pixel}, 20*Pixel, 2*Pixel, 11585, 11585, Ink{Luma: 200}) // 45 degrees down
	if c.Luma[43*64+43] != 200 || c.Luma[21*64+21] != 200 || c.Luma[43*64+21] != 0 {
		t.Error("an ellipse along the diagonal is not on it")
	}
}

func TestPolygonHasItsArea(t *testing.T) {
	for _, corners := range [][]Point{
		{{1000, 1100}, {9000, 1100}, {9000, 5000}, {1000, 5000}},
		{{1000, 1100}, {9000, 3000}, {3000, 8000}},
		{{3000, 8000}, {9000, 3000}, {1000, 1100}},
	} {
		c := New(64, 64, 1)
		c.Polygon(corners, Ink{Luma: 200})
		want := 0.0
		p := corners[len(corners)-1]
		for _, q := range corners {
			want += float64(p.X)*float64(q.Y) - float64(q.X)*float64(p.Y)
			p = q
		}
		want = math.Abs(want) / 2 / Pixel / Pixel
		if got := mass(c, 200); math.Abs(got-want) > 0.02*want+0.5 {
			t.Errorf("%v: area %.1f pixels, want %.1f", corners, got, want)
		}
	}
}

// A shape may lie anywhere: what is outside the canvas is cut off.
func TestShapesAreCutAtTheEdges(t *testing.T) {
	r := fixed.NewRand(1, 1)
	c := New(37, 23, 1)
	for range 5000 {
		p := func() Point { return Point{r.Between(-20000, 20000), r.Between(-20000, 20000)} }
		turn := uint16(r.Uint32())
		ink := Ink{Luma: r.Between(-50, 300), Slope: r.Between(-20, 20), Cloth: r.Between(0, 900)}
		c.Ellipse(p(), r.Between(0, 9000), r.Between(0, 9000), fixed.Cos(turn), fixed.Sin(turn), ink)
		c.Polygon([]Point{p(), p(), p()}, ink)
		c.ShadeEllipse(p(), r.Between(0, 9000), r.Between(0, 9000), fixed.Cos(turn), fixed.Sin(turn), r.Between(-9, 300))
		c.ShadePolygon([]Point{p(), p(), p()}, r.Between(0, 255))
		c.Cast()
	}
}

func TestShadowsDoNotAddUp(t *testing.T) {
	c := New(32, 32, 1)
	for i := range c.Luma {
		c.Luma[i] = 200
	}
	square := []Point{{0, 0}, {20 * Pixel, 0}, {20 * Pixel, 20 * Pixel}, {0, 20 * Pixel}}
	c.ShadePolygon(square, 128)
	c.ShadePolygon(square, 128)
	c.ShadePolygon(square, 64)
	c.Cast()
	c.Cast()
	if c.Luma[5*32+5] != 100 || c.Luma[25*32+25] != 200 {
		t.Errorf("half a shadow on 200 gives %d, beside it %d", c.Luma[5*32+5], c.Luma[25*32+25])
	}
	c.ShadePolygon(square, 128)
	c.Clear()
	c.Luma[5*32+5] = 200
	c.Cast()
	if c.Luma[5*32+5] != 200 {
		t.Error("a shadow outlived Clear")
	}
}

// Moving by a quarter of a pixel must change the edge a little, never by a whole pixel.
func TestEdgesMoveSmoothly(t *testing.T) {
	var last float64
	for d := range int32(64) {
		c := New(64, 16, 1)
		c.Ellipse(Point{20*Pixel + d*16, 8 * Pixel}, 5*Pixel, 5*Pixel, fixed.Full, 0, Ink{Luma: 200})
		sum, n := 0.0, 0.0
		for i, v := range c.Luma {
			sum += float64(v) * (float64(i%64) + 0.5)
			n += float64(v)
		}
		at := sum / n
		if want := 20 + float64(d)/16; math.Abs(at-want) > 0.05 || d > 0 && at <= last {
			t.Errorf("moved to %.3f, drawn at %.3f", want, at)
		}
		last = at
	}
}

func TestNoiseRepeatsAndIsSmooth(t *testing.T) {
	for layer, period := range map[uint64]int32{1: clothSide / 8, 2: clothSide / 4} {
		a, b := Noise{Seed: 9, Layer: layer, Period: period}, Noise{Seed: 9, Layer: layer, Period: period}
		last := a.At(0, 77)
		for x := range period << 8 {
			v := a.At(x, 77)
			if w := b.At(x+period<<8, 77); v != w {
				t.Fatalf("layer %d, place %d: %d, one period on %d", layer, x, v, w)
			}
			if d := v - last; d > 6 || d < -6 || v > 256 || v < -256 {
				t.Fatalf("layer %d, place %d: from %d to %d", layer, x, last, v)
			}
			last = v
		}
	}
}

func BenchmarkEllipse(b *testing.B) {
	c := New(160, 120, 1)
	for b.Loop() {
		c.Ellipse(Point{80 * Pixel, 60 * Pixel}, 13*Pixel, 7*Pixel, 12000, 11155, Ink{Luma: 90, Cloth: 180})
	}
}
