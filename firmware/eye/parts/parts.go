//go:build !sim

// Package parts names the camera drivers that an eye knows, in one switch: on a real board one, and with
// the build tag sim those that draw or play back. It opens what the orders say and nothing else. It
// stands between firmware/eye and hal/camera.
package parts

import (
	"fmt"

	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/camera"
)

// Open opens the camera. The eye of a real board knows one driver. g guards the frames that the camera
// gives while it settles; nil guards none.
func Open(o *orders.Orders, g cycle.Guard) (camera.Source, error) {
	switch o.Driver {
	case orders.V4L2:
		return openV4L2(o, g)
	}
	return nil, fmt.Errorf("%w: camera driver %s; this eye is for real boards and knows v4l2 only", hal.ErrAbsent, o.Driver)
}
