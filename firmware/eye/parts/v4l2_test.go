package parts

import (
	"testing"
	"time"

	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/orders"
	"tellijn/hal/camera"
)

type bell struct{}

func (bell) Arm(time.Duration) error { return nil }
func (bell) Disarm() error           { return nil }

// The driver guards what it takes by itself for as long as the loop does later, and nobody is nobody.
func TestWishes(t *testing.T) {
	o := orders.Orders{Wanted: orders.Wanted{Pixel: camera.GREY, Width: 320, Height: 240, Interval: time.Second / 25}}
	w := wishes(&o, bell{})
	if w.Guard != (bell{}) || w.Life != cycle.MaxLife || w.Width != 320 || w.Height != 240 || w.Interval != time.Second/25 || len(w.Accept) != 1 || w.Accept[0] != camera.GREY {
		t.Errorf("%+v", w)
	}
	o.Wanted.Pixel = 0
	if w := wishes(&o, nil); w.Guard != nil || w.Accept != nil {
		t.Errorf("%+v", w)
	}
}
