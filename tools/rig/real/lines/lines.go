// Package lines is the wires between a bench's computer and the pins of a real board: adapters of a few lines each,
// by which a lamp is looked at and a button pressed. It knows levels and no meaning; what a line is for stands in
// tools/rig/real/desk. It is for the rig, outside the data path.
package lines

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Adapter is one device with lines. Calls may come from many goroutines.
type Adapter interface {
	// Levels reads all inputs at once, by name. With an error there are none.
	Levels() (map[string]bool, error)
	// Set drives an output.
	Set(name string, high bool) error
	// Close lets go of all lines. Outputs are low then, as far as the adapter can promise it.
	Close() error
}

// ErrNoLine is wrapped when a line was not asked for, or has another direction.
var ErrNoLine = errors.New("lines: no such line")

// Kinds of an adapter.
const (
	Chip = "gpiochip" // lines that the kernel of this computer has, such as those of a Raspberry Pi
	MCP  = "mcp2221"  // a USB adapter with four
)

// Open opens the adapter of a kind at a path, such as /dev/gpiochip0 or /dev/hidraw3; the lines of in become inputs,
// those of out become outputs that are low. The error wraps hal.ErrAbsent if it is not there.
func Open(kind, path string, in, out []string) (Adapter, error) {
	for i, name := range append(slices.Clone(in), out...) {
		if slices.Contains(append(slices.Clone(in), out...)[:i], name) {
			return nil, fmt.Errorf("lines: %s of %s twice; hint: each line is for one thing", name, path)
		}
	}
	switch kind {
	case Chip:
		return openChip(path, in, out)
	case MCP:
		rw, err := openHID(path)
		if err != nil {
			return nil, err
		}
		m, err := NewMCP(rw, in, out)
		if err != nil {
			rw.Close()
			return nil, fmt.Errorf("%w; %s", err, path)
		}
		return m, nil
	}
	return nil, fmt.Errorf("lines: adapter of kind %q, want %q or %q", kind, Chip, MCP)
}

// Follower looks at inputs again and again, and tells what changed.
type Follower struct {
	stop chan struct{}
	done chan struct{}

	mu    sync.Mutex
	err   error
	level map[string]bool
	looks int
	more  chan struct{}
}

// Pause is the time between two looks: the shortest flash of a lamp is many times longer.
const Pause = 10 * time.Millisecond

// Follow calls see with each input whose level is another than at the look before, beginning with all that are high.
// adapters go by name, and so do lines: adapter, slash, line.
func Follow(adapters map[string]Adapter, see func(line string, high bool)) *Follower {
	f := &Follower{stop: make(chan struct{}), done: make(chan struct{}), level: map[string]bool{}, more: make(chan struct{})}
	go func() {
		defer close(f.done)
		for {
			for name, a := range adapters {
				if err := f.look(name, a, see); err != nil {
					f.fail(err)
					return
				}
			}
			f.tick()
			select {
			case <-f.stop:
				return
			case <-time.After(Pause):
			}
		}
	}()
	return f
}

func (f *Follower) look(name string, a Adapter, see func(string, bool)) error {
	levels, err := a.Levels()
	if err != nil {
		return fmt.Errorf("lines: adapter %q: %w", name, err)
	}
	for line, high := range levels {
		line = name + "/" + line
		f.mu.Lock()
		changed := f.level[line] != high
		f.level[line] = high
		f.mu.Unlock()
		if changed {
			see(line, high)
		}
	}
	return nil
}

// tick lets those go on who wait for a look.
func (f *Follower) tick() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looks++
	close(f.more)
	f.more = make(chan struct{})
}

func (f *Follower) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
	close(f.more)
}

// High tells the level at the last look.
func (f *Follower) High(line string) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.level[line], f.err
}

// Await waits until a line has a level, at most so long.
func (f *Follower) Await(line string, high bool, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		f.mu.Lock()
		ok, err, more := f.level[line] == high && f.looks > 0, f.err, f.more
		f.mu.Unlock()
		if err != nil || ok {
			return err
		}
		select {
		case <-more:
		case <-timer.C:
			return fmt.Errorf("lines: %s is not %s after %v", line, map[bool]string{true: "high", false: "low"}[high], d)
		}
	}
}

// Close ends following; the adapters stay open. The error is why it ended before.
func (f *Follower) Close() error {
	close(f.stop)
	<-f.done
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
