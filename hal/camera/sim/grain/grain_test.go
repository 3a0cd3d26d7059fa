package grain

import (
	"math"
	"testing"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim/fixed"
)

func format(p camera.PixelFormat, w, h, stride int) camera.Format {
	return camera.Format{Pixel: p, Width: w, Height: h, Stride: stride}
}

func TestNoiseHasItsStrength(t *testing.T) {
	const w, h = 160, 120
	luma := make([]byte, w*h)
	for i := range luma {
		luma[i] = 128
	}
	out := make([]byte, w*h)
	for _, tenths := range []int32{0, 5, 20, 40, 160} {
		g := New(w, tenths, 1)
		sum, square, n := 0.0, 0.0, 0.0
		for k := range uint64(20) {
			g.Frame(out, luma, format(camera.GREY, w, h, w), fixed.NewRand(1, k))
			for _, v := range out {
				d := float64(v) - 128
				sum, square, n = sum+d, square+d*d, n+1
			}
		}
		got, want := math.Sqrt(square/n), float64(tenths)/10
		if want > 0 {
			want = math.Sqrt(want*want + 0.15) // rounding to whole levels, at random
		}
		if math.Abs(got-want) > 0.05*want+0.05 || math.Abs(sum/n) > 0.02*want+0.01 {
			t.Errorf("noise of %d tenths: mean %.3f, deviation %.3f, want 0 and %.2f", tenths, sum/n, got, want)
		}
	}
}

func TestNoiseOfTwoFramesIsIndependent(t *testing.T) {
	const w, h = 160, 120
	luma := make([]byte, w*h)
	for i := range luma {
		luma[i] = 128
	}
	a, b := make([]byte, w*h), make([]byte, w*h)
	g := New(w, 100, 1)
	g.Frame(a, luma, format(camera.GREY, w, h, w), fixed.NewRand(1, 1))
	g.Frame(b, luma, format(camera.GREY, w, h, w), fixed.NewRand(1, 2))
	var ab, aa float64
	for i := range a {
		ab += (float64(a[i]) - 128) * (float64(b[i]) - 128)
		aa += (float64(a[i]) - 128) * (float64(a[i]) - 128)
	}
	if math.Abs(ab/aa) > 0.05 {
		t.Errorf("frames correlate by %.3f", ab/aa)
	}
}

func TestEightBytesAtOnceStopAtTheEnds(t *testing.T) {
	r := fixed.NewRand(2, 2)
	for range 20000 {
		x := uint64(r.Uint32())<<32 | uint64(r.Uint32())
		y := uint64(r.Uint32())<<32 | uint64(r.Uint32())
		m, l := more(x, y), less(x, y)
		for i := range 8 {
			a, b := int(byte(x>>(8*i))), int(byte(y>>(8*i)))
			if got := int(byte(m >> (8 * i))); got != min(a+b, 255) {
				t.Fatalf("%d + %d = %d", a, b, got)
			}
			if got := int(byte(l >> (8 * i))); got != max(a-b, 0) {
				t.Fatalf("%d - %d = %d", a, b, got)
			}
		}
	}
}

func TestLayouts(t *testing.T) {
	luma := []byte{10, 20, 30, 40, 50, 60, 70, 80, 90, 11, 21, 31, 41, 51, 61, 71, 81, 91}
	for name, c := range map[string]struct {
		f          camera.Format
		size       int
		first      []byte
		lumaOf     func(x, y int) int
		chroma     int
		chromaWant byte
	}{
		"GREY": {format(camera.GREY, 9, 2, 10), 20, []byte{10, 20}, func(x, y int) int { return y*10 + x }, 9, 0},
		"YUYV": {format(camera.YUYV, 9, 2, 20), 40, []byte{10, blue, 20, red}, func(x, y int) int { return y*20 + 2*x }, 3, red},
		"UYVY": {format(camera.UYVY, 9, 2, 20), 40, []byte{blue, 10, red, 20}, func(x, y int) int { return y*20 + 2*x + 1 }, 2, red},
		"NV12": {format(camera.NV12, 9, 2, 10), 30, []byte{10, 20}, func(x, y int) int { return y*10 + x }, 21, red},
		"YU12": {format(camera.YU12, 9, 2, 10), 30, []byte{10, 20}, func(x, y int) int { return y*10 + x }, 25, red},
	} {
		if n := Size(c.f); n != c.size {
			t.Errorf("%s: %d bytes, want %d", name, n, c.size)
		}
		out := make([]byte, c.size)
		New(9, 0, 1).Frame(out, luma, c.f, fixed.NewRand(1, 1))
		for i, v := range c.first {
			if out[i] != v {
				t.Errorf("%s: begins with %v, want %v", name, out[:len(c.first)], c.first)
				break
			}
		}
		for i, v := range luma {
			if got := out[c.lumaOf(i%9, i/9)]; got != v {
				t.Errorf("%s: luma %d,%d is %d, want %d", name, i%9, i/9, got, v)
			}
		}
		if out[c.chroma] != c.chromaWant {
			t.Errorf("%s: byte %d is %d, want %d", name, c.chroma, out[c.chroma], c.chromaWant)
		}
	}
}

func TestExpose(t *testing.T) {
	luma := []byte{100, 200, 100, 200}
	Expose(luma, 2, 2048, 0, 0)
	if luma[0] != 50 || luma[1] != 100 {
		t.Errorf("half the light of 100 and 200 is %v", luma[:2])
	}
	Expose(luma, 2, 4*4096, 0, 0)
	if luma[0] != 200 || luma[1] != 255 {
		t.Errorf("four times the light of 50 and 100 is %v", luma[:2])
	}
	rows := make([]byte, 120)
	for i := range rows {
		rows[i] = 100
	}
	Expose(rows, 1, 4096, 410, 0)
	lo, hi := byte(255), byte(0)
	for _, v := range rows {
		lo, hi = min(lo, v), max(hi, v)
	}
	if lo < 88 || lo > 91 || hi < 108 || hi > 110 {
		t.Errorf("bands of a tenth go from %d to %d", lo, hi)
	}
}

func BenchmarkFrame(b *testing.B) {
	const w, h = 160, 120
	luma, out := make([]byte, w*h), make([]byte, 2*w*h)
	for i := range luma {
		luma[i] = 128
	}
	g := New(w, 40, 1)
	for name, f := range map[string]camera.Format{"GREY": format(camera.GREY, w, h, w), "YUYV": format(camera.YUYV, w, h, 2*w)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				g.Frame(out, luma, f, fixed.NewRand(1, 1))
			}
		})
	}
}
