//go:build !sim

package main

import (
	"fmt"

	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/camera"
)

// open opens the camera. The eye of a real board knows one driver.
func open(o *orders.Orders) (camera.Source, error) {
	switch o.Driver {
	case orders.V4L2:
		return openV4L2(o)
	}
	return nil, fmt.Errorf("%w: camera driver %s; this eye is for real boards and knows v4l2 only", hal.ErrAbsent, o.Driver)
}
