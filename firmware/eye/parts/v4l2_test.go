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
	asked := 0
	w := wishes(&o, bell{}, func(descriptor int) error { asked = descriptor; return nil })
	if w.Before == nil || w.Before(7) != nil || asked != 7 {
		t.Errorf("nobody is asked before the first frame: %d", asked)
	}
	if w.Guard != (bell{}) || w.Life != cycle.MaxLife || w.Width != 320 || w.Height != 240 || w.Interval != time.Second/25 || len(w.Accept) != 1 || w.Accept[0] != camera.GREY {
		t.Errorf("%+v", w)
	}
	o.Wanted.Pixel = 0
	if w := wishes(&o, nil, nil); w.Before != nil || w.Guard != nil || w.Accept != nil {
		t.Errorf("%+v", w)
	}
}
