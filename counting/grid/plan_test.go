package grid

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
	"tellijn/counting"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// No format and no scene gets past the ceiling.
func TestPlanKeepsTheCeiling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := shape(rapid.SampledFrom(formats[:]).Draw(t, "pixel"),
			rapid.IntRange(8, camera.MaxSide).Draw(t, "width"), rapid.IntRange(8, camera.MaxSide).Draw(t, "height"))
		sc := &scene.Scene{PersonArea: rapid.Int32Range(scene.MinPersonArea, scene.MaxPersonArea).Draw(t, "area")}
		p, err := NewPlan(sc, f)
		if err != nil {
			return
		}
		if p.Person > counting.MaxPerson*256 {
			t.Errorf("%d/256 cells a person", p.Person)
		}
		// The same without the plan's own word: a cell is at least 450 mm / 11 of floor.
		side := int64(p.Step * p.Scale) // 1/256 pixel
		if area := int64(sc.PersonArea) * int64(f.Width) * int64(f.Height); area > (side+1)*(side+1)*counting.MaxPerson*counting.MaxPerson*1_000_000/65536 {
			t.Errorf("cells of %d/256 pixels for a person of %d millionths of %dx%d", side, sc.PersonArea, f.Width, f.Height)
		}
		if p.W > counting.MaxCellsX || p.H > counting.MaxCellsY || p.W < 8 || p.H < 8 || p.Person < minPerson*256 {
			t.Errorf("%+v", p)
		}
		// The picture is as wide as its cells, and less than one cell and four pixels wider.
		for _, d := range [][3]int{{p.SpanX, p.W, f.Width}, {p.SpanY, p.H, f.Height}} {
			rest := d[0] - d[1]*256
			if rest < 0 || int64(rest)*side > 256*side+256*256*8 {
				t.Errorf("a picture of %d/256 cells holds %d cells of %d/256 pixels in %d pixels", d[0], d[1], side, d[2])
			}
		}
	})
}

// A flat field stays flat, whatever the plan.
func TestFlatStaysFlat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := shape(rapid.SampledFrom(formats[:]).Draw(t, "pixel"),
			8*rapid.IntRange(4, 40).Draw(t, "width"), 8*rapid.IntRange(4, 30).Draw(t, "height"))
		sc := &scene.Scene{PersonArea: rapid.Int32Range(5_000, 200_000).Draw(t, "area")}
		v := rapid.Uint8().Draw(t, "luma")
		p, err := NewPlan(sc, f)
		if err != nil {
			return
		}
		g := new(Grid)
		g.Set(p, f)
		data := painted(nil, f, func(x, y int) uint8 { return v })
		if err := g.Reduce(data); err != nil {
			t.Fatal(err)
		}
		for i, c := range g.Cells[:p.W*p.H] {
			if c != v {
				t.Fatalf("%v %dx%d, %+v: cell %d of a field of %d is %d", f.Pixel, f.Width, f.Height, p, i, v, c)
			}
		}
	})
}

func TestPlans(t *testing.T) {
	for _, c := range []struct {
		pixel      camera.PixelFormat
		w, h       int
		area       int32
		gw, gh     int
		scale      int
		unlikeable bool
	}{
		{camera.YUYV, 640, 480, 25_208, 80, 60, 1, false},  // 88 pixels, 11 cells of 8
		{camera.YUYV, 640, 480, 6_302, 160, 120, 1, false}, // 44 pixels, 11 cells of 4
		{camera.YUYV, 640, 480, 27_100, 71, 53, 1, false},  // 91 pixels want cells of 9
		{camera.MJPEG, 640, 480, 25_208, 80, 60, 8, false}, // an eighth will do
		{camera.MJPEG, 320, 240, 36_000, 66, 50, 4, false}, // a quarter must
		{camera.GREY, 32, 24, 115_000, 32, 24, 1, false},   // thermal: one pixel a cell
		{camera.GREY, 32, 24, 10_000, 0, 0, 0, true},       // a person of 2.7 cells
		{camera.YUYV, 1920, 1080, 500, 160, 90, 1, true},   // 160 cells make it 2.7 cells too
		{camera.YUYV, 4096, 4096, 400_000, 0, 0, 0, true},  // nobody is 2,590 pixels wide
		{camera.YUYV, 1280, 720, 25_000, 91, 51, 1, false}, // 152 pixels, 10.8 cells of 14
	} {
		p, err := NewPlan(&scene.Scene{PersonArea: c.area}, shape(c.pixel, c.w, c.h))
		if c.unlikeable {
			if err == nil {
				t.Errorf("%+v: %+v, want an error", c, p)
			}
			continue
		}
		if err != nil || p.W != c.gw || p.H != c.gh || p.Scale != c.scale {
			t.Errorf("%+v: %+v, %v", c, p, err)
		}
	}
	_, err := NewPlan(&scene.Scene{PersonArea: 10_000}, shape(camera.GREY, 32, 24))
	if !errors.Is(err, ErrCoarse) {
		t.Errorf("a person of 2.7 cells: %v, want ErrCoarse", err)
	}
}

// BenchmarkReduceWeighted is what cells cost whose borders cross pixels.
func BenchmarkReduceWeighted(b *testing.B) {
	f := shape(camera.GREY, 160, 120)
	f.Interval = time.Second
	p, _ := NewPlan(&scene.Scene{PersonArea: 36_000}, f)
	g := new(Grid)
	g.Set(p, f)
	data := make([]byte, f.LumaSize())
	for b.Loop() {
		g.Reduce(data)
	}
}
