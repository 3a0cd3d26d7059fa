package run

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"tellijn/counting/pipeline"
	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/alarm"
	"tellijn/hal/camera"
	"tellijn/hal/memory"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/privacy/wire"
)

// errUnconfined ends an eye that the kernel does not hold in.
var errUnconfined = errors.New("not confined")

// memories are where the state of counting lives, outside the Go heap.
type memories struct {
	scratch, carry *memory.Block
	count          *pipeline.Pipeline
}

// hold takes the memory while that may still be taken.
func hold() (*memories, error) {
	inScratch, inCarry := pipeline.Sizes()
	scratch, err := memory.Scratch(inScratch)
	if err != nil {
		return nil, err
	}
	carry, err := memory.Secret(inCarry)
	if err != nil {
		return nil, err
	}
	return &memories{scratch: scratch, carry: carry}, nil
}

// wipe overwrites everything.
func (m *memories) wipe() {
	if m.count != nil {
		m.count.Wipe()
	}
	_ = m.scratch.Close()
	_ = m.carry.Close()
}

// guard is the alarm that the warden waits for; nil where there is none and nobody is counted.
func guard(o *orders.Orders) (cycle.Guard, error) {
	bell, err := alarm.At(eyes.FdAlarm)
	switch {
	case err == nil:
		return bell, nil
	case !errors.Is(err, hal.ErrAbsent) || o.Board == orders.Real:
		return nil, fmt.Errorf("%w: %w; the warden hands an alarm down on descriptor %d", errUnconfined, err, eyes.FdAlarm)
	}
	return nil, nil
}

// loop joins camera, counting and alarm.
func (m *memories) loop(o *orders.Orders, source camera.Source, bell cycle.Guard) (*cycle.Loop, error) {
	var err error
	f := source.Format()
	m.count, err = pipeline.NewIn(pipeline.Memory{Scratch: m.scratch.Bytes(), Carry: m.carry.Bytes()}, &o.Scene, f)
	if err != nil {
		return nil, err
	}
	return &cycle.Loop{Camera: source, Guard: bell, Count: m.count, Beat: uint32(max((o.Beat+f.Interval/2)/f.Interval, 1))}, nil
}

// report is the way out: tallies that say which layers hold.
func (m *memories) report(source camera.Source, held layers.Layers) *wire.Writer {
	if f := m.scratch.Facts(); f.Locked && f.OutOfCore && f.WipedOnFork {
		held |= layers.Locked
	}
	if m.carry.Facts().Secret {
		held |= layers.Secret
	}
	s := wire.StreamOf(source.Format())
	s.Held = held
	return wire.NewWriter(Pipe(eyes.FdTally), s)
}

// begin confines the eye to opening its camera.
func (e *eye) begin(o *orders.Orders) (layers.Layers, error) {
	// Preemption by signals would spill registers, which hold parts of a frame, to a signal stack.
	if set, _ := syscall.Getenv("GODEBUG"); o.Board == orders.Real && !strings.Contains(set, "asyncpreemptoff=1") {
		return 0, fmt.Errorf("%w: GODEBUG is %q, want asyncpreemptoff=1 in it; the warden starts the eye so", errUnconfined, set)
	}
	device := ""
	if o.Driver == orders.V4L2 {
		device = o.Device
		var st syscall.Stat_t // whether it is a camera, the driver finds out
		if err := syscall.Stat(device, &st); err != nil {
			return 0, fmt.Errorf("%q: %w; is the camera plugged in?", device, err)
		}
	}
	held, err := e.Enter(eyes.Opens(device, syscall.Getpid()))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errUnconfined, err)
	}
	return held, enough(o, held|layers.Rights)
}

// confined takes what is left of its rights from the eye. What the kernel lacks is reported in each
// tally; a real board counts nobody without the layers that it needs.
func (e *eye) confined(o *orders.Orders, source camera.Source, opened layers.Layers) (layers.Layers, error) {
	has := eyes.Eye{Camera: -1, Feed: o.Driver == orders.Feed, Pid: syscall.Getpid()}
	if s, ok := source.(interface{ Descriptor() int }); ok {
		has.Camera = s.Descriptor()
	}
	held, err := e.Enter(eyes.Counts(has))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errUnconfined, err)
	}
	held = held&(opened|layers.Rights) | opened&layers.Room // rights go at the second stage, the room stays
	return held, enough(o, held)
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
