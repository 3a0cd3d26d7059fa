// Package gpio is one line of a GPIO chip of the kernel at a time: a lamp, a switch, a button. It finds
// lines by the names that the kernel gives them, holds what it has against every other program until it
// lets go, and sets and reads levels; it watches no edges and touches no register. Lamp, button and power
// switch stand on it. No frame and no count comes near it.
//
// Finding and naming is periph.io's gpioioctl. The lines themselves are asked for, set and read here, by the
// one request that each takes on a descriptor that is known, because what uses them is confined to exactly
// that, and because an error must never be taken for a level: gpioioctl 3.8.5 keeps the descriptor to
// itself, reads low when the kernel gave an error, and turns an output around when it is read.
package gpio

import (
	"encoding/binary"
	"fmt"

	"tellijn/hal"
)

// Out is a line that a program drives.
type Out interface {
	// Set drives the line high or low. It is used from one goroutine.
	Set(high bool) error
}

// In is a line that something else drives.
type In interface {
	// High tells the level of the line. With an error it tells nothing.
	High() (bool, error)
}

// Pull is what holds a line that nothing drives.
type Pull uint8

// The pulls. A chip that cannot pull leaves the line as it is.
const (
	Floating Pull = 0
	Up       Pull = 1
	Down     Pull = 2
)

// Place says where a line is.
type Place struct {
	Name   string // as the kernel has it, such as GPIO17
	Path   string // of the chip's device, such as /dev/gpiochip0
	Chip   string // label of the chip, such as pinctrl-bcm2711
	Offset uint32 // of the line on its chip
}

// String is the line as it is printed.
func (p Place) String() string { return p.Name + " of " + p.Chip }

// Requests of ioctl(2) on the descriptor of a line. (Linux, include/uapi/linux/gpio.h:
// GPIO_V2_LINE_GET_VALUES_IOCTL and GPIO_V2_LINE_SET_VALUES_IOCTL)
const (
	GetValues = 0xc010b40e
	SetValues = 0xc010b40f
)

// getLine asks a chip for a line. (linux/gpio.h, GPIO_V2_GET_LINE_IOCTL)
const getLine = 0xc250b407

// Consumer is what the kernel says of who has a line.
const Consumer = "tellijn"

// request is struct gpio_v2_line_request of linux/gpio.h, which has one layout on every machine.
type request [592]byte

// Places in a request.
const (
	atConsumer   = 256 // behind 64 offsets of 4 bytes
	atFlags      = 288
	atAttributes = 296 // how many
	atAttribute  = 320 // the first: id, value, mask
	atLines      = 560 // how many
	atFd         = 588 // the answer

	flagInput, flagOutput = 1 << 2, 1 << 3
	flagUp, flagDown      = 1 << 8, 1 << 9
	outputValues          = 2 // GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES
)

// asks makes the request for one line: for an output with the level that it has from the first moment on,
// for an input with its pull.
func asks(offset uint32, out, high bool, pull Pull) *request {
	var r request
	le := binary.NativeEndian
	le.PutUint32(r[:], offset)
	copy(r[atConsumer:], Consumer)
	le.PutUint32(r[atLines:], 1)
	if !out {
		le.PutUint64(r[atFlags:], [...]uint64{flagInput, flagInput | flagUp, flagInput | flagDown}[pull%3])
		return &r
	}
	le.PutUint64(r[atFlags:], flagOutput)
	le.PutUint32(r[atAttributes:], 1)
	le.PutUint32(r[atAttribute:], outputValues)
	if high {
		le.PutUint64(r[atAttribute+8:], 1)
	}
	le.PutUint64(r[atAttribute+16:], 1) // the mask: the first line of this request
	return &r
}

// fd is the descriptor that the kernel put into a request.
func (r *request) fd() int { return int(int32(binary.NativeEndian.Uint32(r[atFd:]))) }

// find looks a line up among those that there are.
func find(all []Place, name string) (Place, error) {
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
	}
	first := ""
	if len(all) > 0 {
		first = fmt.Sprintf(", the first is %s", all[0])
	}
	return Place{}, absent(fmt.Sprintf("no line %q among %d%s", name, len(all), first))
}

func absent(why string) error { return fmt.Errorf("gpio: %w: %s", hal.ErrAbsent, why) }
