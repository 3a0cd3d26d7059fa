package run

import (
	"errors"
	"fmt"

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
