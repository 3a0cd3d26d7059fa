// Package benchtest is a bench for tests of what uses one: a board that says and does what a test lets it, without a
// machine. What a test does not set cannot be done, and says so with bench.ErrCannot, or is empty. It is for tests of
// the rig, outside the data path.
package benchtest

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
)

// Bench gives the same board to everybody.
type Bench struct {
	Rig *Rig
	Err error // of Open
	// OnOpen is called with what a scenario asks for; nil for nothing.
	OnOpen func(ctx context.Context, s bench.Setup, log io.Writer, say func(string))
}

var _ bench.Bench = (*Bench)(nil)

// Kind is "virtual".
func (b *Bench) Kind() string { return "virtual" }

// Close does nothing.
func (b *Bench) Close() error { return nil }

// Open gives the board.
func (b *Bench) Open(ctx context.Context, s bench.Setup, log io.Writer, say func(string)) (bench.Rig, error) {
	if b.OnOpen != nil {
		b.OnOpen(ctx, s, log, say)
	}
	if b.Err != nil {
		return nil, b.Err
	}
	b.Rig.mu.Lock()
	b.Rig.log, b.Rig.Setup = log, s
	b.Rig.mu.Unlock()
	return b.Rig, nil
}

// Rig is a board. Its methods may be called at once from several places.
type Rig struct {
	Setup bench.Setup
	// OnPower and OnHold are what the board does then; nil for nothing.
	OnPower func(on bool) error
	OnHold  func(d time.Duration) error
	// OnEnd is called at the end; nil for nothing.
	OnEnd func() error
	// The parts that a test does not set are empty, or nil.
	TheCamera  bench.Camera
	TheNetwork bench.Network
	TheCard    bench.Card
	TheMachine bench.Machine
	// Verified is what Collector.Verify gives.
	Verified error

	mu      sync.Mutex
	more    chan struct{}
	log     io.Writer
	lines   []string
	changes []bench.Change
	records []record.Record
	events  []devicelog.Entry
	ended   int
}

// New gives a board that does nothing.
func New() *Rig { return &Rig{more: make(chan struct{})} }

// Says lets the board say lines.
func (r *Rig) Says(lines ...string) {
	r.change(func() {
		for _, l := range lines {
			if r.log != nil {
				fmt.Fprintln(r.log, l)
			}
			r.lines = append(r.lines, l)
		}
	})
}

// Moves lets a line change at a moment.
func (r *Rig) Moves(at time.Time, part string, high bool) {
	r.change(func() { r.changes = append(r.changes, bench.Change{At: at, Part: part, High: high}) })
}

// Sends lets records and entries come to the collector.
func (r *Rig) Sends(records []record.Record, events []devicelog.Entry) {
	r.change(func() { r.records, r.events = append(r.records, records...), append(r.events, events...) })
}

// Ended is how often End was called.
func (r *Rig) Ended() int { r.mu.Lock(); defer r.mu.Unlock(); return r.ended }

func (r *Rig) change(do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	do()
	close(r.more)
	r.more = make(chan struct{})
}

// wait waits until done holds; r.mu is held meanwhile.
func (r *Rig) wait(ctx context.Context, done func() bool) error {
	for {
		r.mu.Lock()
		ok, more := done(), r.more
		r.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Power calls OnPower.
func (r *Rig) Power(on bool) error {
	if r.OnPower == nil {
		return nil
	}
	return r.OnPower(on)
}

// Hold calls OnHold.
func (r *Rig) Hold(d time.Duration) error {
	if r.OnHold == nil {
		return nil
	}
	return r.OnHold(d)
}

// Image is that of nothing.
func (r *Rig) Image() string {
	return "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}

// Now is the time of this computer, laid to where the scenario begins.
func (r *Rig) Now() time.Time { return time.Now() }

// End counts itself.
func (r *Rig) End() error {
	r.mu.Lock()
	r.ended++
	r.mu.Unlock()
	if r.OnEnd == nil {
		return nil
	}
	return r.OnEnd()
}

// Console is what Says said.
func (r *Rig) Console() bench.Console { return console{r} }

// Parts are what Moves moved.
func (r *Rig) Parts() bench.Parts { return parts{r} }

// Camera is TheCamera.
func (r *Rig) Camera() bench.Camera { return r.TheCamera }

// Network is TheNetwork.
func (r *Rig) Network() bench.Network { return r.TheNetwork }

// Card is TheCard.
func (r *Rig) Card() bench.Card { return r.TheCard }

// Machine is TheMachine.
func (r *Rig) Machine() bench.Machine { return r.TheMachine }

// Collector is what Sends sent.
func (r *Rig) Collector() bench.Collector { return collector{r} }

type console struct{ r *Rig }

func (c console) Mark() int { c.r.mu.Lock(); defer c.r.mu.Unlock(); return len(c.r.lines) }

func (c console) Lines(mark int) []string {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	return slices.Clone(c.r.lines[min(mark, len(c.r.lines)):])
}

func (c console) Await(ctx context.Context, mark int, pattern string, d time.Duration) (found string, err error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("benchtest: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	err = c.r.wait(ctx, func() bool {
		for ; mark < len(c.r.lines); mark++ {
			if re.MatchString(c.r.lines[mark]) {
				found = c.r.lines[mark]
				return true
			}
		}
		return false
	})
	if err != nil {
		return "", fmt.Errorf("benchtest: the board did not say %q within %v: %w", pattern, d, err)
	}
	return found, nil
}

type parts struct{ r *Rig }

func (p parts) Changes() []bench.Change {
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	return slices.Clone(p.r.changes)
}

func (p parts) Switch(string) error { return bench.ErrCannot }

type collector struct{ r *Rig }

func (c collector) Be(string) error { return bench.ErrCannot }
func (c collector) Struck() int64   { return 0 }
func (c collector) Waiting() int    { return 0 }
func (c collector) Verify() error   { return c.r.Verified }

func (c collector) Records() []record.Record {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	return slices.Clone(c.r.records)
}

func (c collector) Events() []devicelog.Entry {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	return slices.Clone(c.r.events)
}

func (c collector) Await(ctx context.Context, done func([]record.Record, []devicelog.Entry) bool) error {
	return c.r.wait(ctx, func() bool { return done(c.r.records, c.r.events) })
}
