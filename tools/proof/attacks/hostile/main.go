//go:build hostile && linux

// Hostile is an eye that was taken over: it leads the life of firmware/eye, and at its second frame
// does one thing that an eye may not. It exists in tests only and is built only with the tag hostile;
// nothing of it is in a program of a device. What to do is its first argument, or the end of its
// file name after the last point. With the second argument "free" it is not confined, to show that
// the attack works where nothing holds it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/eye/parts"
	"tellijn/firmware/eye/run"
	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
	"tellijn/tools/proof/attacks/codes"
)

func main() {
	what, free := "", len(os.Args) > 2 && os.Args[2] == "free"
	if len(os.Args) > 1 {
		what = os.Args[1]
	} else if self, err := os.Executable(); err == nil {
		what = strings.TrimPrefix(filepath.Ext(self), ".")
	}
	a := &attack{parent: syscall.Getppid()}
	if len(os.Args) > 3 { // in its own namespace it cannot see by whom it was started
		a.parent, _ = strconv.Atoi(os.Args[3])
	}
	a.do, a.when = attacks()[what], counts
	if name, ok := strings.CutPrefix(what, codes.Early); ok {
		a.do, a.when = early()[name], opening
	} else if name, ok := strings.CutPrefix(what, codes.Settling); ok {
		a.do, a.when = settling()[name], settles
	}
	if a.do == nil {
		fmt.Fprintf(os.Stderr, "hostile: no attack %q\n", what)
		os.Exit(codes.Unknown)
	}
	enter := confine.Enter
	if what == "garbage" {
		enter = func(m sandbox.Manifest) (layers.Layers, error) { return confine.Enter(collects(m)) }
	}
	if free || strings.HasPrefix(what, codes.Loose) {
		a.look()
		enter = func(sandbox.Manifest) (layers.Layers, error) { return 0, nil }
	}
	syscall.Exit(int(run.Eye(run.Parts{Enter: enter, Open: a.open, StandIn: codes.StandIn})))
}

// When an attack is made.
const (
	counts = iota
	opening
	settles
)

// attack stands between the eye and its camera.
type attack struct {
	camera.Source
	parent int // process id of who started this
	stand  int // descriptor of the camera, or of what stands in for one of the kernel, 0 for none
	place  uint64
	was    [8]byte // what is at place in the memory of who started this
	when   int
	frames int
	frame  []byte // the frame on loan: pixels in the hands of the attacker
	kept   []byte
	// holding keeps the frame on loan for seconds instead of giving it back.
	holding bool
	do      func(*attack) error
}

// at is the frame at which it happens.
const at = 2

// open opens the camera. With orders for /dev/null it is drawn, and the descriptor of /dev/null is said
// to be its own: the walls are then those around a camera of the kernel.
func (a *attack) open(o *orders.Orders, g cycle.Guard, before func(int) error) (s camera.Source, err error) {
	a.frame = make([]byte, 4096) // there are no pixels yet
	if a.when == opening {
		end(a.do(a))
	}
	if o.Device == codes.StandIn {
		if a.stand, err = syscall.Open(o.Device, syscall.O_RDWR|syscall.O_CLOEXEC, 0); err != nil {
			return nil, err
		}
		drawn := *o
		drawn.Driver, drawn.Device, drawn.Sim = orders.Sim, "", orders.Scripted{Seed: 5}
		o = &drawn
	}
	a.Source, err = parts.Open(o, g, func(descriptor int) error {
		if a.stand > 0 {
			descriptor = a.stand
		}
		a.stand = max(descriptor, 0) // that of a real camera too: there is no source to ask yet
		if err := before(descriptor); err != nil {
			return err
		}
		if a.when == settles {
			end(a.do(a))
		}
		return nil
	})
	return a, err
}

// Descriptor is the camera's, -1 for a drawn one.
func (a *attack) Descriptor() int {
	if a.stand > 0 {
		return a.stand
	}
	if s, ok := a.Source.(interface{ Descriptor() int }); ok {
		return s.Descriptor()
	}
	return -1
}

// Borrow is where the attack happens. Afterwards it ends with a code that says how that went.
func (a *attack) Borrow(f *camera.Frame) error {
	if err := a.Source.Borrow(f); err != nil {
		return err
	}
	if a.frames++; a.frames < at {
		return nil
	}
	a.frame = f.Data
	if err := a.do(a); err != again {
		end(err)
	}
	return nil
}

// Return gives the frame back, or hangs with it.
func (a *attack) Return(f *camera.Frame) (time.Duration, error) {
	if a.holding {
		_ = await()
		syscall.Exit(codes.Worked)
	}
	return a.Source.Return(f)
}

// again lets the eye live on, for attacks that take many frames.
var again = fmt.Errorf("hostile: goes on")

// rest lets time pass without a timer of Go.
func rest(d time.Duration) {
	t := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&t, nil)
}
