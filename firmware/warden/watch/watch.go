// Package watch is the warden at work: it starts eye and courier, holds what the eye says against
// its orders, adds it up, hands records over until there is a receipt for each, and starts anew
// what ended. It never sees a frame and has no network. What was counted is in its memory until it
// is on the courier's disk; only the end of the warden itself loses the open interval.
package watch

import (
	"errors"
	"fmt"
	"os"
	"time"

	"tellijn/boards"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/event"
	"tellijn/firmware/warden/outbox"
	"tellijn/firmware/warden/talk"
	"tellijn/hal/clock"
	"tellijn/hal/power"
	"tellijn/privacy/record"
)

// Setup is what the warden is told at its start.
type Setup struct {
	Board boards.Board
	Port  *child.Port // starts the programs
	Dir   string      // absolute path of the courier's directory, for words only
	Play  orders.Scripted
	Boot  [16]byte
	Clock clock.Clock
	Feed  *os.File          // frames of a clip, for the eye; nil without
	View  *os.File          // where to show states; nil without
	Power power.Switch      // of the camera; power.None where there is none
	Stop  <-chan struct{}   // closed to ask for an orderly end
	Say   func(line string) // prints one line for people
	// Emit takes events. nil says each that is grave once.
	Emit func(event.Event)
}

// Spans of world time.
const (
	tick = 100 * time.Millisecond
	// stopEye is how long the eye may take to end in order: a late camera and its last frame.
	stopEye = 4 * time.Second
	// stopCourier is how long there may be no receipt while the last records go to the disk.
	stopCourier = 10 * time.Second
	// silent is how long a running eye may say nothing: three of the longest beats.
	silent = 30 * time.Second
	// stuck is how long records may be on their way without a receipt or a reason.
	stuck = 60 * time.Second
)

// Warden is one run. Use New and Run.
type Warden struct {
	s       Setup
	world   clock.Clock // at speed 1, whatever the board's clock does
	book    *book.Book
	box     outbox.Outbox
	eye     eye
	courier courier
	view    *window
	beats   uint16
	stored  int // records with a receipt
	end     time.Duration
	ending  bool
	failed  error
	powered bool
	lacking [talk.Count]bool // said that a program has no namespaces
	mute    bool             // said that there is no alarm
	said    bool             // said what confines the eye
	// unsealed is how many intervals in a row have no record of their own, as last seen.
	unsealed int
}

// New checks the setup.
func New(s Setup) (*Warden, error) {
	world, err := clock.Open(1, true)
	if err != nil {
		return nil, err
	}
	w := &Warden{s: s, world: world, view: newWindow(s.View)}
	if w.eye.orders, err = w.orders(); err != nil {
		return nil, err
	}
	if s.Emit == nil {
		w.s.Emit = sayer(s.Say)
	}
	w.eye.wait, w.courier.wait = firstWait, firstWait
	return w, nil
}

// Run works until it is asked to stop or the camera has no more frames. It returns an error when
// it gave up or records are left without a receipt.
func (w *Warden) Run() error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	asked := w.s.Stop
	w.layers(event.Warden, w.s.Port.Own)
	w.firstPower()
	w.startCourier()
	for !w.finished() {
		select {
		case <-asked:
			asked = nil
			w.stop(nil)
		case <-w.view.lost():
			// Only tools look, and a tool that ended without a word must not leave this behind.
			w.stop(nil)
		case m := <-w.eye.heard:
			w.hear(m)
		case r := <-w.courier.heard:
			w.receive(r)
		case <-ticker.C:
			w.tick()
		}
	}
	_ = w.power(false)
	w.endCourier()
	w.view.close()
	w.summary()
	if n := w.box.Held() + w.box.Dropped; n > 0 && w.failed == nil {
		w.failed = fmt.Errorf("warden: %d records could not be stored; see the lines above", n)
	}
	return w.failed
}

// stop begins the end: the eye first, so that its last tally still counts.
func (w *Warden) stop(err error) {
	if w.ending {
		return
	}
	w.ending, w.failed = true, err
	w.end = w.world.Since() + stopEye
	if w.eye.child != nil {
		w.eye.child.Stop()
		return
	}
	w.closeBook()
}

// closeBook makes the last record once no eye runs.
func (w *Warden) closeBook() {
	if w.book != nil {
		w.take(w.book.Finish(w.s.Clock.Now()))
		if n := w.book.Unsealed; n > 0 && w.failed == nil {
			w.failed = fmt.Errorf("warden: what was counted in the last %d intervals could not be stored: %w", n, w.book.Why)
		}
	}
	w.end = w.world.Since() + stopCourier
}

// finished tells whether there is nothing left to wait for.
func (w *Warden) finished() bool {
	if !w.ending || w.eye.child != nil {
		return false
	}
	return w.box.Held() == 0 || w.world.Since() > w.end
}

// tick does what depends on time alone.
func (w *Warden) tick() {
	now := w.world.Since()
	if w.book != nil && !w.ending {
		w.take(w.book.Tick(w.s.Clock.Now()))
	}
	if w.eye.child != nil && w.ending {
		w.eye.child.Stop() // again: one that has just begun did not listen yet
	}
	if w.eye.child != nil && w.ending && now > w.end {
		w.s.Say("the eye does not end in order and is ended")
		w.eye.child.Kill()
		select {
		case <-w.s.Port.Gone():
			w.eyeEnded(child.ErrGone) // nobody can end it; it ends when nobody takes its tallies
		default:
		}
	}
	if w.eye.child != nil && !w.ending && now-w.eye.sign > silent {
		w.s.Say(fmt.Sprintf("the eye gave no sign for %v and is ended", silent))
		w.eye.sign = now
		w.eye.child.Kill()
	}
	if w.eye.child == nil && w.book != nil && !w.ending && now >= w.eye.due {
		w.startEye()
	}
	if w.courier.child == nil && now >= w.courier.due && (!w.ending || w.box.Held() > 0) {
		w.startCourier()
	}
	if w.courier.child != nil && w.box.Sent() > 0 && now-w.courier.sign > stuck {
		w.s.Say(fmt.Sprintf("the courier gave no receipt for %v and is ended", stuck))
		w.courier.sign = now
		w.courier.child.Kill()
	}
}

// open starts the book once the courier has said which record is the newest on disk.
func (w *Warden) open(tail record.Hash) {
	b := &w.s.Board
	var err error
	w.book, err = book.New(book.Setup{
		Device: b.Device, Boot: w.s.Boot, Interval: b.Interval,
		Lines: b.Scene.NLines, Zones: b.Scene.NZones, Driver: b.Driver,
		Simulated: b.Kind.Pretended() || b.Driver != "v4l2", Previous: tail,
		ByFrames: b.Driver != "v4l2", Grace: 2*b.Beat + time.Second,
	}, w.s.Clock.Now())
	if err != nil {
		w.stop(err)
	}
}

// Back-off between two starts of one program.
const (
	firstWait = 250 * time.Millisecond
	// longestWait is short, because an unplugged camera should count again soon after it is
	// back, and a start costs little.
	longestWait = 8 * time.Second
	// steady is how long a program must run to start from firstWait again.
	steady = 20 * time.Second
)

// again gives the time of the next start and the wait after that.
func again(now, started, wait time.Duration) (due, next time.Duration) {
	if now-started > steady {
		wait = firstWait
	}
	return now + wait, min(2*wait, longestWait)
}

// errNoStart marks programs that cannot be started at all.
var errNoStart = errors.New("warden: cannot start")
