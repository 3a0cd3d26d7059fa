package sim

import (
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
				c := small(Door(1, Nominal(), seconds))
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
