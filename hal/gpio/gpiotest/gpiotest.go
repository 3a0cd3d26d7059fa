// Package gpiotest has lines that are none: a wire that joins an output to inputs, and a recorder and a
// player of what is done to a line, in the way of periph.io's test packages. It is for tests of what stands
// on lines, and never part of a device's program.
package gpiotest

import (
	"fmt"
	"sync"
	"testing"

	"tellijn/hal/gpio"
)

// Both is a line seen from both of its ends.
type Both interface {
	gpio.Out
	gpio.In
}

// Op is one thing that is done to a line: it is set or read.
type Op struct {
	Read bool
	High bool  // what it is set to, or what is read
	Err  error // what it ends in
}

// String says it in words.
func (o Op) String() string {
	verb := "set"
	if o.Read {
		verb = "read"
	}
	return fmt.Sprintf("%s high=%v err=%v", verb, o.High, o.Err)
}

// Wire is a line whose level is what was set last. The zero value is low. Any goroutine may use it.
type Wire struct {
	mu    sync.Mutex
	high  bool
	fault error
}

// Set drives the wire.
func (w *Wire) Set(high bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fault == nil {
		w.high = high
	}
	return w.fault
}

// High reads the wire.
func (w *Wire) High() (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.high && w.fault == nil, w.fault
}

// Level is what a meter would show, whatever is wrong with the line.
func (w *Wire) Level() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.high
}

// Fail lets everything later end in err; nil mends it.
func (w *Wire) Fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = err
}

// Record passes on to Line and notes what was done.
type Record struct {
	Line Both
	Ops  []Op
}

// Set sets Line.
func (r *Record) Set(high bool) error {
	err := r.Line.Set(high)
	r.Ops = append(r.Ops, Op{High: high, Err: err})
	return err
}

// High reads Line.
func (r *Record) High() (bool, error) {
	high, err := r.Line.High()
	r.Ops = append(r.Ops, Op{Read: true, High: high, Err: err})
	return high, err
}

// Playback expects Ops in their order and answers as they say. What comes otherwise fails the test; it
// never ends the program.
type Playback struct {
	TB  testing.TB
	Ops []Op
	n   int
}

// Set expects to be set to that.
func (p *Playback) Set(high bool) error {
	return p.next(Op{High: high}).Err
}

// High expects to be read.
func (p *Playback) High() (bool, error) {
	op := p.next(Op{Read: true})
	return op.High, op.Err
}

func (p *Playback) next(did Op) Op {
	p.TB.Helper()
	p.n++
	if p.n > len(p.Ops) {
		p.TB.Errorf("gpiotest: op %d is %q, want none beyond %d", p.n, did, len(p.Ops))
		return Op{Err: fmt.Errorf("gpiotest: no op is left")}
	}
	want := p.Ops[p.n-1]
	if did.Read != want.Read || !did.Read && did.High != want.High {
		p.TB.Errorf("gpiotest: op %d is %q, want %q", p.n, did, want)
	}
	return want
}

// Done fails the test if not all of Ops came.
func (p *Playback) Done() {
	p.TB.Helper()
	if p.n < len(p.Ops) {
		p.TB.Errorf("gpiotest: %d ops came, want %d; the next is %q", p.n, len(p.Ops), p.Ops[p.n])
	}
}
