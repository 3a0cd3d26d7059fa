package sim

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/cameratest"
)

var across = []Line{{Point{0, one / 2}, Point{one, one / 2}}}

func small(s Script) Config {
	return Config{
		Format:     camera.Format{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond},
		PersonArea: 27_000, Lines: across, Script: s,
	}
}

func open(t testing.TB, c Config) *Camera {
	t.Helper()
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestConformance(t *testing.T) {
	for _, p := range []camera.PixelFormat{camera.GREY, camera.YUYV, camera.UYVY, camera.NV12, camera.YU12} {
		for _, seconds := range []int32{0, 2} {
			cameratest.Conformance(t, func() camera.Source {
				c := tiny(Door(1, Nominal(), seconds))
				c.Format.Pixel = p
				return open(t, c)
			})
		}
	}
}

func BenchmarkDoor(b *testing.B) {
	m := open(b, small(Door(1, Nominal(), 0)))
	var f camera.Frame
	b.ReportAllocs()
	for b.Loop() {
		m.Borrow(&f)
		m.Return(&f)
	}
}

func BenchmarkBusyYUYV640(b *testing.B) {
	k := Nominal()
	k.Crowd, k.Sun = 60, 100
	c := small(Door(1, k, 0))
	c.Format = camera.Format{Pixel: camera.YUYV, Width: 640, Height: 480, Interval: 40 * time.Millisecond}
	m := open(b, c)
	var f camera.Frame
	b.ReportAllocs()
	for b.Loop() {
		m.Borrow(&f)
		m.Return(&f)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		open(b, small(Door(1, Nominal(), 60)))
	}
}

func TestNothingIsAllocatedPerFrame(t *testing.T) {
	k := Nominal()
	k.Crowd, k.Sun, k.Dapples, k.Door, k.Flicker, k.Umbrellas, k.Trolleys = 60, 100, 10, 1, 5, 30, 30
	c := small(Door(1, k, 0))
	c.Format.Pixel = camera.YU12
	c.Wait = func(uint32) {}
	c.Clock = func() time.Duration { return 0 }
	m := open(t, c)
	var f camera.Frame
	if n := testing.AllocsPerRun(200, func() {
		if m.Borrow(&f) != nil {
			t.Error("no frame")
		}
		m.Return(&f)
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestWaitAndClockAreAsked(t *testing.T) {
	c := small(Door(1, Nominal(), 60))
	var waited []uint32
	now := time.Duration(0)
	c.Wait = func(n uint32) { waited = append(waited, n); now += 40 * time.Millisecond }
	c.Clock = func() time.Duration { now += time.Millisecond; return now }
	m := open(t, c)
	var f camera.Frame
	for range 5 {
		m.Borrow(&f)
		at, number := f.Borrowed, f.Sequence
		life, err := m.Return(&f)
		if err != nil || life != time.Millisecond || waited[len(waited)-1] != number || at+life != now {
			t.Errorf("frame %d: lived %v since %v, waited for %v, %v", number, life, at, waited, err)
		}
	}
}

// Nothing drawn outlives a frame but the floor, and nothing at all outlives Close.
func TestReturnAndCloseWipe(t *testing.T) {
	m := open(t, small(Door(1, Nominal(), 60)))
	var f camera.Frame
	for range 100 {
		m.Borrow(&f)
		m.Return(&f)
	}
	for i, v := range m.canvas.Luma {
		if v != 0 {
			t.Fatalf("pixel %d was left on the canvas", i)
		}
	}
	m.Borrow(&f)
	m.canvas.Luma[0] = 1
	if err := m.Close(); err != nil || m.canvas.Luma[0] != 0 {
		t.Errorf("Close: %v, and left %d on the canvas", err, m.canvas.Luma[0])
	}
	if b, err := m.lend.Buffer(); !errors.Is(err, camera.ErrClosed) || b != nil { // see lender and hal/memory
		t.Errorf("%d bytes of the buffer after Close, %v", len(b), err)
	}
}
