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
// gives while it settles; nil guards none. before is called once the camera is open and before its
// first frame, with its descriptor.
func Open(o *orders.Orders, g cycle.Guard, before func(descriptor int) error) (camera.Source, error) {
	if o.Board != orders.Real {
		return nil, fmt.Errorf("%w: orders for a board that is not real; this eye is for real boards only, build the other with -tags sim", orders.ErrInvalid)
	}
	switch o.Driver {
	case orders.V4L2:
		return openV4L2(o, g, before)
	}
	return nil, fmt.Errorf("%w: camera driver %s; this eye is for real boards and knows v4l2 only", hal.ErrAbsent, o.Driver)
}
