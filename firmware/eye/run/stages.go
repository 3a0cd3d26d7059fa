package run

import (
	"fmt"
	"strings"
	"syscall"

	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox/eyes"
)

// begin confines the eye to opening its camera.
func (e *eye) begin(o *orders.Orders) error {
	// Preemption by signals would spill registers, which hold parts of a frame, to a signal stack.
	if set, _ := syscall.Getenv("GODEBUG"); o.Board == orders.Real && !strings.Contains(set, "asyncpreemptoff=1") {
		return fmt.Errorf("%w: GODEBUG is %q, want asyncpreemptoff=1 in it; the warden starts the eye so", errUnconfined, set)
	}
	e.has = eyes.Eye{Camera: -1, Feed: o.Driver == orders.Feed, Pid: syscall.Getpid()}
	if o.Driver == orders.V4L2 {
		e.has.Device = o.Device
		var st syscall.Stat_t // whether it gives frames, the driver finds out
		if err := syscall.Stat(o.Device, &st); err != nil {
			return fmt.Errorf("%q: %w; is the camera plugged in?", o.Device, err)
		}
		if !isCamera(uint32(st.Mode), uint64(st.Rdev)) && o.Device != e.StandIn {
			return fmt.Errorf("%w: %q is no camera: want a character device of major number %d", hal.ErrAbsent, o.Device, video)
		}
	}
	held, err := e.Enter(eyes.Opens(e.has))
	if err != nil {
		return fmt.Errorf("%w: %w", errUnconfined, err)
	}
	e.held = held
	return enough(o, held|layers.Rights) // rights go at the next stage
}

// video is the major number of cameras. (Linux Documentation/admin-guide/devices.txt, "81 char
// video4linux")
const video = 81

// isCamera tells whether a file is a device of that kind. (Its number is made up as the kernel tells it
// to programs: include/linux/kdev_t.h, new_encode_dev, for numbers below 256.)
func isCamera(mode uint32, device uint64) bool {
	return mode&syscall.S_IFMT == syscall.S_IFCHR && device>>8&0xfff == video && device>>32 == 0
}

// settle confines the eye to a camera that is open, before the first frame comes. Its rights go, and
// words as well.
func (e *eye) settle(o *orders.Orders, descriptor int) error {
	if e.settles {
		return fmt.Errorf("%w: the camera was opened twice", errUnconfined)
	}
	e.settles, e.has.Camera = true, descriptor
	held, err := e.Enter(eyes.Settles(e.has))
	if err != nil {
		return fmt.Errorf("%w: %w", errUnconfined, err)
	}
	e.mute = true
	e.held = held&(e.held|layers.Rights) | e.held&layers.Room // the room stays
	return enough(o, e.held)
}

// count takes what is left. What the kernel lacks is reported in each tally.
func (e *eye) count(o *orders.Orders) error {
	if !e.settles {
		return fmt.Errorf("%w: nobody said that the camera is open", errUnconfined)
	}
	held, err := e.Enter(eyes.Counts(e.has))
	if err != nil {
		return fmt.Errorf("%w: %w", errUnconfined, err)
	}
	// Calls and limits became narrower; the rest stays as it is.
	e.held &= held | ^(layers.Filter | layers.Limits)
	return enough(o, e.held)
}

// enough is an error on a real board whose kernel does not hold the eye in well enough to count people.
func enough(o *orders.Orders, held layers.Layers) error {
	// Its namespaces are the warden's to see, and its memory is not a matter of confinement.
	held |= layers.Spaces | layers.Locked | layers.Secret
	if o.Board != orders.Real || held.Enough() {
		return nil
	}
	return fmt.Errorf("%w: this kernel lacks %s", errUnconfined, strings.Join(held.Missing(), ", "))
}
