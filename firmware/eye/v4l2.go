package main

import (
	"fmt"

	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/camera"
)

// openV4L2 opens a camera of the kernel.
func openV4L2(o *orders.Orders) (camera.Source, error) {
	return nil, fmt.Errorf("%w: %s: driver v4l2 is not there yet", hal.ErrAbsent, o.Device)
}
