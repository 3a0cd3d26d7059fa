package camera

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	good := Format{Pixel: YUYV, Width: 640, Height: 480, Stride: 1280, Interval: time.Second / 30}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for says, bend := range map[string]func(f *Format){
		"size 7x480":     func(f *Format) { f.Width = 7 },
		"size 640x4097":  func(f *Format) { f.Height = MaxSide + 1 },
		"interval 0s":    func(f *Format) { f.Interval = 0 },
		"interval 11s":   func(f *Format) { f.Interval = 11 * time.Second },
		"stride 1279":    func(f *Format) { f.Stride = 1279 },
		"stride 32769":   func(f *Format) { f.Stride = 8*MaxSide + 1 },
		`format "H264"`:  func(f *Format) { f.Pixel = 'H' | '2'<<8 | '6'<<16 | '4'<<24 },
		`format "?264"`:  func(f *Format) { f.Pixel = 7 | '2'<<8 | '6'<<16 | '4'<<24 },
		"640 pixels of ": func(f *Format) { f.Pixel, f.Stride = NV12, 639 },
	} {
		f := good
		bend(&f)
		if err := f.Check(); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want ErrFormat with %q", f, err, says)
		}
	}
}

func TestLumaSizeAndShort(t *testing.T) {
	for _, c := range []struct {
		pixel  PixelFormat
		stride int
		want   int
	}{{YUYV, 40, 40*7 + 32}, {UYVY, 32, 256}, {NV12, 16, 128}, {YU12, 20, 20*7 + 16}, {GREY, 16, 128}, {MJPEG, 0, 0}} {
		f := Format{Pixel: c.pixel, Width: 16, Height: 8, Stride: c.stride, Interval: time.Second}
		if err := f.Check(); err != nil {
			t.Error(err)
		}
		if got := f.LumaSize(); got != c.want {
			t.Errorf("%v: LumaSize %d, want %d", c.pixel, got, c.want)
		}
		least := max(c.want, 4)
		if f.Short(least) || !f.Short(least-1) || !f.Short(0) {
			t.Errorf("%v: Short(%d) %v, Short(%d) %v, Short(0) %v", c.pixel, least, f.Short(least), least-1, f.Short(least-1), f.Short(0))
		}
	}
	if !(Format{}).Short(0) {
		t.Error("an empty frame of no format is not short")
	}
}
