package choice

import (
	"testing"
	"time"

	"tellijn/hal/camera"
)

var wish = Wish{Width: 640, Height: 480, Interval: time.Second / 30,
	Accept: []camera.PixelFormat{camera.YUYV, camera.NV12, camera.GREY, camera.MJPEG}}

func TestSort(t *testing.T) {
	fps := func(n uint32) Fraction { return Fraction{1, n} }
	raw := Offer{camera.YUYV, 640, 480, fps(30)}
	for _, c := range []struct {
		name   string
		offers []Offer
		want   Offer
	}{
		{"raw before MJPEG where both reach it", []Offer{{camera.MJPEG, 640, 480, fps(30)}, raw}, raw},
		{"MJPEG where raw is too slow", []Offer{{camera.YUYV, 640, 480, fps(15)}, {camera.MJPEG, 640, 480, fps(30)}}, Offer{camera.MJPEG, 640, 480, fps(30)}},
		{"MJPEG where raw has not the size", []Offer{{camera.YUYV, 320, 240, fps(30)}, {camera.MJPEG, 640, 480, fps(30)}}, Offer{camera.MJPEG, 640, 480, fps(30)}},
		{"29.97 is 30", []Offer{{camera.MJPEG, 640, 480, fps(30)}, {camera.YUYV, 640, 480, Fraction{1001, 30000}}}, Offer{camera.YUYV, 640, 480, Fraction{1001, 30000}}},
		{"an unknown rate is tried first", []Offer{{camera.MJPEG, 640, 480, fps(30)}, {camera.GREY, 640, 480, Fraction{}}}, Offer{camera.GREY, 640, 480, Fraction{}}},
		{"too large before too small", []Offer{{camera.YUYV, 480, 360, fps(30)}, {camera.YUYV, 800, 600, fps(30)}}, Offer{camera.YUYV, 800, 600, fps(30)}},
		{"faster before slower", []Offer{{camera.YUYV, 640, 480, fps(25)}, {camera.YUYV, 640, 480, fps(60)}}, Offer{camera.YUYV, 640, 480, fps(60)}},
		{"order of Accept", []Offer{{camera.GREY, 640, 480, fps(30)}, {camera.NV12, 640, 480, fps(30)}}, Offer{camera.NV12, 640, 480, fps(30)}},
	} {
		if got := Sort(c.offers, wish); len(got) != len(c.offers) || got[0] != c.want {
			t.Errorf("%s: %+v, want %+v first", c.name, got, c.want)
		}
	}
	if got := Sort([]Offer{{camera.UYVY, 640, 480, fps(30)}, {camera.YUYV, 0, 480, fps(30)}}, wish); len(got) != 0 {
		t.Errorf("formats not accepted, and sizes of nothing, stay: %+v", got)
	}
}

func TestNearest(t *testing.T) {
	offered := []Fraction{{1, 5}, {1, 15}, {0, 1}, {1, 25}, {1, 30}, {1, 60}}
	for want, f := range map[time.Duration]Fraction{time.Second / 30: {1, 30}, 33366667: {1, 30}, time.Second / 15: {1, 15}, time.Second / 20: {1, 25}, time.Second: {1, 5}, time.Millisecond: {1, 60}} {
		if got := Nearest(offered, want); got != f {
			t.Errorf("wanted %v: %v, want %v", want, got, f)
		}
	}
	if got := Nearest(nil, time.Second); got != (Fraction{}) {
		t.Errorf("nothing offered: %v", got)
	}
}

func TestFit(t *testing.T) {
	r := Range{Min: 16, Max: 1920, Step: 8}
	for want, got := range map[int]int{640: 640, 643: 640, 1: 16, -5: 16, 5000: 1920} {
		if r.Fit(want) != got {
			t.Errorf("Fit(%d) = %d, want %d", want, r.Fit(want), got)
		}
	}
	if got := (Range{Min: 5, Max: 9}).Fit(7); got != 7 {
		t.Errorf("no step: %d", got)
	}
}

func TestAsk(t *testing.T) {
	for d, want := range map[time.Duration]Fraction{33333333: {1, 30}, time.Second: {1, 1}, 66666667: {1, 15}, 36 * time.Millisecond: {360000, 10_000_000}, 2 * time.Second: {20_000_000, 10_000_000}, 0: {}, -1: {}} {
		if got := Ask(d); got != want {
			t.Errorf("Ask(%v) = %v, want %v", d, got, want)
		}
	}
	if (Fraction{1, 0}).Duration() != 0 || (Fraction{1, 4}).Duration() != 250*time.Millisecond {
		t.Error("Duration")
	}
}
