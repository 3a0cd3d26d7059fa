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
	if a.do = attacks()[what]; a.do == nil {
		fmt.Fprintf(os.Stderr, "hostile: no attack %q\n", what)
		os.Exit(codes.Unknown)
	}
	enter := confine.Enter
	if what == "garbage" {
		enter = func(m sandbox.Manifest) (layers.Layers, error) { return confine.Enter(collects(m)) }
	}
	if free {
		enter = func(sandbox.Manifest) (layers.Layers, error) { return 0, nil }
	}
	code := run.Eye(run.Parts{Enter: enter, Open: func(o *orders.Orders, g cycle.Guard) (camera.Source, error) {
		s, err := parts.Open(o, g)
		a.Source = s
		return a, err
	}})
	syscall.Exit(int(code))
}

// attack stands between the eye and its camera.
type attack struct {
	camera.Source
	parent int // process id of who started this
	frames int
	frame  []byte // the frame on loan: pixels in the hands of the attacker
	kept   []byte
	// holding keeps the frame on loan for seconds instead of giving it back.
	holding bool
	do      func(*attack) error
}

// at is the frame at which it happens.
const at = 2

// Descriptor is the camera's, -1 for a drawn one.
func (a *attack) Descriptor() int {
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
	switch err := a.do(a); err {
	case nil:
		syscall.Exit(codes.Worked)
	case again:
		return nil
	default:
		syscall.Exit(codes.Refused)
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
