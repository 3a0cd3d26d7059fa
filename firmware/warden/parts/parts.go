// Package parts opens what hangs on a board, by the table [parts] of its board.toml, before the warden's
// core is confined, and says for each part Loaded, Skipped and why, or Failed. What the core may ask of them
// from then on is in Devices. It switches nothing but what taking a line does: the camera's switch is open
// and the lamp dark. It knows no frame and no count.
package parts

import (
	"errors"
	"fmt"
	"time"

	"tellijn/boards"
	"tellijn/firmware/warden/panel"
	"tellijn/hal"
	"tellijn/hal/button/gpiobutton"
	"tellijn/hal/gpio"
	"tellijn/hal/power"
	"tellijn/hal/power/gpiopower"
	"tellijn/hal/power/simpower"
	"tellijn/hal/watchdog"
	"tellijn/privacy/sandbox"
)

// Set is what there is.
type Set struct {
	panel.Parts
	Power power.Switch // never nil
	// Devices are all descriptors of parts, and what is asked of each.
	Devices []sandbox.Device
	closes  []func() error
}

// opener opens the parts of one board.
type opener struct {
	b    *boards.Board
	from Source
	say  func(string)
	set  *Set
}

// Open opens what the board names. since is for the turns of a switch that is only remembered. What cannot be
// opened is said and left out, but for two parts of a real board: a switch that is named and cannot be had is
// one that always fails, so that no camera gets power which nobody can take away; and a supply that cannot be
// read is never dark. On another computer than the board's nothing is opened: the watchdog of somebody's own
// computer is not for us to start.
func Open(b *boards.Board, from Source, since func() time.Duration, say func(string)) *Set {
	o := opener{b, from, say, &Set{Power: power.None{}}}
	if !from.is(b.Compatible) {
		o.from = from.foreign(b)
	}
	if b.Kind.Pretended() && b.Driver != "v4l2" {
		o.set.Power = simpower.New(since) // whose power no camera hangs on
	}
	o.cameraPower()
	if l := o.line("lamp", b.Parts.Lamp, o.from.Output, toLight); l != nil {
		o.set.Lamp = l
	}
	if l := o.line("button", b.Parts.Button, o.from.Input, toLook); l != nil {
		o.set.Button = gpiobutton.New(l)
	}
	if path := b.Parts.Watchdog; path == "" {
		say("Skipped  watchdog: this board names none")
	} else if d, err := o.from.Watchdog(path); o.said("watchdog", d, err, false) {
		o.set.Watchdog = d
		o.keep(d.Fd(), d.Request(), toFeed, d.Stop)
	}
	return o.set
}

// cameraPower opens the switch in front of the camera and reads its supply back.
func (o *opener) cameraPower() {
	p := &o.b.Parts
	real := !o.b.Kind.Pretended()
	if p.CameraPower == "" {
		o.say("Skipped  camera power: this board names no switch")
	} else if l, err := o.from.Output(p.CameraPower); o.said("camera power", l, err, real) {
		o.set.Power = gpiopower.New(l)
		o.keep(l.Fd(), l.Request(), toSwitch, l.Close)
	} else if real {
		o.set.Power = broken{err}
	}
	if p.CameraLamp == "" {
		o.say("Skipped  camera lamp: this board does not read the camera's supply back")
	} else if l, err := o.from.Input(p.CameraLamp); o.said("camera lamp", l, err, real) {
		o.set.Supply = gpiopower.Back(l)
		o.keep(l.Fd(), l.Request(), toRead, l.Close)
	} else if real {
		o.set.Supply = broken{err}
	}
}

// line opens a part that is one line.
func (o *opener) line(part, name string, open func(string) (Line, error), why string) Line {
	if name == "" {
		o.say(fmt.Sprintf("Skipped  %s: this board names none", part))
		return nil
	}
	l, err := open(name)
	if !o.said(part, l, err, false) {
		return nil
	}
	o.keep(l.Fd(), l.Request(), why, l.Close)
	return l
}

// said says how opening went, and tells whether there is the part. must says that a board that counts people
// cannot do without it: then what is not there has failed.
func (o *opener) said(part string, what fmt.Stringer, err error, must bool) bool {
	switch {
	case err == nil:
		o.say(fmt.Sprintf("Loaded   %s: %s", part, what))
	case errors.Is(err, hal.ErrAbsent) && !must:
		o.say(fmt.Sprintf("Skipped  %s: %v", part, err))
	default:
		o.say(fmt.Sprintf("Failed   %s: %v", part, err))
	}
	return err == nil
}

func (o *opener) keep(fd int, request uint64, why string, end func() error) {
	o.set.Devices = append(o.set.Devices, sandbox.Device{Fd: fd, Request: request, Why: why})
	o.set.closes = append(o.set.closes, end)
}

// Named are the parts that a board names, with descriptors from first on, for people who want to read what the
// core may do without having the board.
func Named(b *boards.Board, first int) (all []sandbox.Device) {
	p := &b.Parts
	for _, d := range []struct {
		name string
		sandbox.Device
	}{{p.CameraPower, sandbox.Device{Request: gpio.SetValues, Why: toSwitch}}, {p.CameraLamp, sandbox.Device{Request: gpio.GetValues, Why: toRead}},
		{p.Lamp, sandbox.Device{Request: gpio.SetValues, Why: toLight}}, {p.Button, sandbox.Device{Request: gpio.GetValues, Why: toLook}},
		{p.Watchdog, sandbox.Device{Request: watchdog.Keepalive, Why: toFeed}}} {
		if d.name != "" {
			d.Fd = first + len(all)
			all = append(all, d.Device)
		}
	}
	return all
}

// What each part is asked for.
const (
	toSwitch = "switch the camera's power"
	toRead   = "read the camera's supply back"
	toLight  = "light and darken the status lamp"
	toLook   = "look at the button"
	toFeed   = "feed the watchdog"
)

// Close ends the watchdog in order, so that the machine does not start anew, makes the lamp dark and lets go
// of everything. It may be called again, which does nothing.
func (s *Set) Close() error {
	var errs []error
	if s.Lamp != nil && len(s.closes) > 0 {
		errs = append(errs, s.Lamp.Set(false))
	}
	for _, end := range s.closes {
		errs = append(errs, end())
	}
	s.closes = nil
	return errors.Join(errs...)
}

// broken is a part that is named and cannot be had.
type broken struct{ why error }

func (b broken) On() error          { return b.why }
func (b broken) Off() error         { return b.why }
func (b broken) Lit() (bool, error) { return false, b.why }
