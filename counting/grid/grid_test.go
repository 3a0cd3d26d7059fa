package grid

import (
	"bytes"
	raster "image"
	coder "image/jpeg"
	"math"
	"strings"
	"testing"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// shape makes a format with its least stride.
func shape(pixel camera.PixelFormat, w, h int) camera.Format {
	f := camera.Format{Pixel: pixel, Width: w, Height: h, Stride: w, Interval: time.Second / 25}
	switch pixel {
	case camera.YUYV, camera.UYVY:
		f.Stride = 2 * w
	case camera.MJPEG:
		f.Stride = 0
	}
	return f
}

// painted makes a frame whose luma is as told, and whose chroma is 77.
func painted(t testing.TB, f camera.Format, luma func(x, y int) uint8) []byte {
	if f.Pixel == camera.MJPEG {
		m := raster.NewGray(raster.Rect(0, 0, f.Width, f.Height))
		for i := range m.Pix {
			m.Pix[i] = luma(i%f.Width, i/f.Width)
		}
		var b bytes.Buffer
		if err := coder.Encode(&b, m, &coder.Options{Quality: 100}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	data := bytes.Repeat([]byte{77}, f.LumaSize())
	at := func(x, y int) int { return y*f.Stride + x }
	switch f.Pixel {
	case camera.YUYV:
		at = func(x, y int) int { return y*f.Stride + 2*x }
	case camera.UYVY:
		at = func(x, y int) int { return y*f.Stride + 2*x + 1 }
	}
	for y := range f.Height {
		for x := range f.Width {
			data[at(x, y)] = luma(x, y)
		}
	}
	return data
}

// reduced gives the cells of one frame.
func reduced(t testing.TB, area int32, f camera.Format, data []byte) (Plan, []uint8) {
	t.Helper()
	p, err := NewPlan(&scene.Scene{PersonArea: area}, f)
	if err != nil {
		t.Fatal(err)
	}
	g := new(Grid)
	g.Set(p, f)
	if err := g.Reduce(data); err != nil {
		t.Fatal(err)
	}
	cells := bytes.Clone(g.Cells[:p.W*p.H])
	if g.Wipe(); g.Cells != [len(g.Cells)]uint8{} || g.rows.sum != [len(g.rows.sum)]uint32{} || g.rows.row != [len(g.rows.row)]uint32{} {
		t.Error("cells or sums are left after the wipe")
	}
	return p, cells
}

var formats = [...]camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG}

// Cells are the means of the pixels they cover, wherever their borders lie.
func TestCellsAreMeans(t *testing.T) {
	ramp := func(x, y int) uint8 { return uint8(40 + x/3 + y/4) } // smooth, so MJPEG keeps it
	for _, pixel := range formats {
		for _, size := range [][2]int{{160, 120}, {320, 240}, {200, 152}} {
			for _, area := range []int32{20_000, 36_000, 80_000} {
				f := shape(pixel, size[0], size[1])
				p, cells := reduced(t, area, f, painted(t, f, ramp))
				side := float64(p.Step*p.Scale) / 256
				for i, v := range cells {
					x, y := (float64(i%p.W)+.5)*side, (float64(i/p.W)+.5)*side
					want := 40 + (x-.5)/3 - 1./3 + (y-.5)/4 - 3./8 // thirds and quarters are rounded down
					if math.Abs(float64(v)+.5-want) > 1.8 {
						t.Fatalf("%v %v area %d: cell %d of %dx%d is %d, want about %.1f", pixel, size, area, i, p.W, p.H, v, want)
					}
				}
			}
		}
	}
}

func TestReduceRefusesWhatDoesNotFit(t *testing.T) {
	f := shape(camera.GREY, 160, 120)
	p, err := NewPlan(&scene.Scene{PersonArea: 36_000}, f)
	if err != nil {
		t.Fatal(err)
	}
	var g Grid
	g.Set(p, f)
	if err := g.Reduce(make([]byte, 160*120-1)); err == nil || !strings.Contains(err.Error(), "19199 bytes, want 19200") {
		t.Errorf("a short frame: %v", err)
	}
	f = shape(camera.MJPEG, 320, 240)
	if p, err = NewPlan(&scene.Scene{PersonArea: 36_000}, f); err != nil {
		t.Fatal(err)
	}
	g.Set(p, f)
	white := func(x, y int) uint8 { return 255 }
	if err := g.Reduce(painted(t, shape(camera.MJPEG, 320, 232), white)); err == nil || !strings.Contains(err.Error(), "320x232 pixels, want 320x240") {
		t.Errorf("a frame of another size: %v", err)
	}
	whole := painted(t, f, white)
	for n := range len(whole) - 2 { // the last two bytes only say that it ends
		if g.Reduce(whole[:n]) == nil {
			t.Fatalf("%d of %d bytes pass", n, len(whole))
		}
	}
}

// Set takes each field one by one; one that is forgotten would be zero.
func TestSetTakesAll(t *testing.T) {
	p := Plan{1, 2, 3, 4, 5, 6, 7}
	f := camera.Format{Pixel: camera.GREY, Width: 1, Height: 2, Stride: 3, Interval: 4}
	var g Grid
	if g.Set(p, f); g.plan != p || g.format != f {
		t.Errorf("%+v and %+v, want %+v and %+v", g.plan, g.format, p, f)
	}
}
