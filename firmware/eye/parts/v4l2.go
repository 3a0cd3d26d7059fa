package parts

import (
	"time"

	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2"
)

// late is how long a frame may take to come. Five in a row mean that the camera is gone.
const late = time.Second

// openV4L2 opens a camera of the kernel.
func openV4L2(o *orders.Orders, g cycle.Guard, before func(int) error) (camera.Source, error) {
	return v4l2.Open(o.Device, wishes(o, g, before))
}

// wishes are what the orders ask of it.
func wishes(o *orders.Orders, g cycle.Guard, before func(int) error) v4l2.Options {
	w := v4l2.Options{Width: int(o.Wanted.Width), Height: int(o.Wanted.Height), Interval: o.Wanted.Interval,
		Timeout: late, Guard: g, Life: cycle.MaxLife, Before: before}
	if o.Wanted.Pixel != 0 {
		w.Accept = []camera.PixelFormat{o.Wanted.Pixel}
	}
	return w
}
