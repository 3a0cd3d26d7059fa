// Package watch is the warden at work: it starts eye and courier, holds what the eye says against
// its orders, adds it up, has the clerk make records of it, hands these over until there is a receipt
// for each, and starts anew what ended. It never sees a frame and has no network. What was counted is
// in its memory for less than a minute, then in the ledger, until it is on the courier's disk too.
package watch

import (
	"errors"
	"fmt"
	"os"
	"time"

	"tellijn/boards"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/calendar"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/panel"
	"tellijn/firmware/warden/talk"
	"tellijn/firmware/warden/turn"
	"tellijn/firmware/warden/when"
	"tellijn/firmware/warden/window"
	"tellijn/hal/clock"
	"tellijn/hal/power"
	"tellijn/privacy/devicelog"
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
	// Calendar is that of the records, Keeper says what of it is believed, Place is where the door is.
	Calendar calendar.Compressed
	Keeper   *calendar.Keeper
	Place    *time.Location
	Factor   int      // seconds of the calendar to one of the camera
	World    *os.File // from which the calendar of a pretended board is shifted; nil without
	// Self and Configured are the SHA-256 of this program and of its configuration.
	Self, Configured [32]byte
	// Made says that the keys are new, Aside that the ledger was damaged and is, Renewed that the file system was.
	Made, Aside, Renewed bool
	// Clerk is what the clerk works with; its Keep is filled in here.
	Clerk clerk.Setup
	Feed  *os.File          // frames of a clip, for the eye; nil without
	View  *os.File          // where to show states; nil without
	Power power.Switch      // of the camera; power.None where there is none
	Gate  *gate.Gate        // decides when that may be on
	Parts panel.Parts       // what else hangs on the board
	Stop  <-chan struct{}   // closed to ask for an orderly end
	Say   func(line string) // prints one line for people
	// Emit takes events besides the log of the device. nil says each that is grave once.
	Emit func(devicelog.Event)
}

// Spans of world time.
const (
	tick = 100 * time.Millisecond
	// stopCourier is how long there may be no receipt while the last records go to the disk.
	stopCourier = 10 * time.Second
	// silent is how long a running eye may say nothing: three of the longest beats.
	silent = 30 * time.Second
	// stuck is how long records may be on their way without a receipt or a reason.
	stuck = 60 * time.Second
	// keepEvery is how often the open interval goes to the disk when somebody was counted in it. With
	// the longest beat of an eye before it, a power cut takes less than a minute of counts.
	keepEvery = 45 * time.Second
)

// Warden is one run. Use New and Run.
type Warden struct {
	s        Setup
	world    clock.Clock // at speed 1, whatever the board's clock does
	when     when.When
	book     *book.Book
	clerk    *clerk.Clerk
	eye      eye
	courier  courier
	view     *window.Window
	shifted  chan time.Duration
	byFrames bool // time passes with frames
	beats    uint16
	kept     time.Duration // when the open interval was kept last
	retry    time.Duration // when to try again to store
	storing  string        // what was last said about why nothing can be stored
	stored   int           // records with a receipt
	unmade   int           // intervals without a record, as last said
	end      time.Duration
	ending   bool
	failed   error
	camera   turn.Camera
	panel    *panel.Panel
	lacking  [talk.Count]bool // said that a program has no namespaces
	mute     bool             // said that there is no alarm
	said     bool             // said what confines the eye
}

// New checks the setup and takes up the work where the ledger says that it stood.
func New(s Setup) (*Warden, error) {
	world, err := clock.Open(1, true)
	if err != nil {
		return nil, err
	}
	w := &Warden{s: s, world: world, view: window.New(s.View), shifted: make(chan time.Duration)}
	if w.eye.orders, err = w.orders(); err != nil {
		return nil, err
	}
	if s.Emit == nil {
		w.s.Emit = sayer(s.Say)
	}
	w.eye.wait, w.courier.wait = firstWait, firstWait
	b := &s.Board
	w.byFrames = b.Driver != "v4l2"
	w.when = when.New(s.Clock, s.Calendar, s.Keeper, w.byFrames, b.Kind.Pretended())
	if err := w.open(); err != nil {
		return nil, err
	}
	kept, keep := panel.In(s.Clerk.Ledger)
	if s.Gate == nil {
		return nil, errors.New("warden: without a gate no camera gets power")
	}
	w.panel = panel.New(panel.Setup{Parts: s.Parts, Now: world.Since, Pause: time.Sleep, Say: s.Say, Emit: w.emit, Kept: kept, Keep: keep})
	w.camera = turn.Camera{Gate: s.Gate, Switch: s.Power, Place: s.Place, Say: s.Say, Emit: w.enter, Switched: w.panel.Switched}
	return w, nil
}

// Run works until it is asked to stop or the camera has no more frames. It returns an error when
// it gave up or records are left without a receipt.
func (w *Warden) Run() error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	asked := w.s.Stop
	if w.s.World != nil {
		go when.Shifts(w.s.World, w.shifted)
	}
	w.enter(devicelog.Event{Kind: devicelog.Boot, Digest: w.s.Self})
	w.enter(devicelog.Event{Kind: devicelog.Configured, Digest: w.s.Configured})
	if w.s.Renewed {
		w.emit(devicelog.DataAside, 0, 0)
	}
	if w.s.Aside {
		w.emit(devicelog.LedgerAside, 0, 0)
	}
	if w.s.Made {
		w.emit(devicelog.KeyMade, 0, 0)
	}
	w.layers(devicelog.Warden, w.s.Port.Own)
	w.panel.Begin()
	w.camera.First()
	w.startCourier()
	if w.s.Board.Upload.Address != "" {
		go child.Keep(w.s.Port, child.Program{Number: talk.Dialer, Files: nil, Say: w.s.Say}, w.dialer)
	}
	for !w.finished() {
		select {
		case <-asked:
			asked = nil
			w.stop(nil)
		case <-w.view.Lost():
			// Only tools look, and a tool that ended without a word must not leave this behind.
			w.stop(nil)
		case m := <-w.eye.heard:
			w.hear(m)
		case r := <-w.courier.heard:
			w.receive(r)
		case by := <-w.shifted:
			w.shift(by)
		case <-ticker.C:
			w.tick()
		}
	}
	_ = w.camera.Off()
	w.endCourier()
	w.view.Close()
	w.summary()
	return w.failed
}

// stop begins the end: the eye first, so that its last tally still counts.
func (w *Warden) stop(err error) {
	if w.ending {
		return
	}
	w.ending, w.failed = true, err
	if w.eye.child != nil {
		w.turn(w.world.Since())
		return
	}
	w.closeBook()
}

// finished tells whether there is nothing left to wait for.
func (w *Warden) finished() bool {
	if !w.ending || w.eye.child != nil {
		return false
	}
	return !w.courier.busy() || w.world.Since() > w.end
}

// tick does what depends on time alone.
func (w *Warden) tick() {
	now := w.world.Since()
	w.glance(now)
	at := w.stamp()
	w.camera.Ask(at.Now, w.s.Board.Kind.Pretended() || at.Clock == record.ClockKnown)
	if !w.ending {
		w.take(w.pass(at), at)
	}
	if now >= w.retry {
		_ = w.clerk.Flush() // a log that cannot be written is no reason to stop counting; it waits
	}
	w.pump()
	w.turn(now)
	if w.eye.child != nil && !w.ending && now-w.eye.sign > silent {
		w.s.Say(fmt.Sprintf("the eye gave no sign for %v and is ended", silent))
		w.eye.sign = now
		w.eye.child.Kill()
	}
	if w.courier.child == nil && now >= w.courier.due && !w.ending {
		w.startCourier()
	}
	if w.courier.child != nil && w.courier.busy() && now-w.courier.sign > stuck {
		w.s.Say(fmt.Sprintf("the courier gave no receipt for %v and is ended", stuck))
		w.courier.sign = now
		w.courier.child.Kill()
	}
}

// errNoStart marks programs that cannot be started at all.
var errNoStart = errors.New("warden: cannot start")

// ErrOff is, or is wrapped by, the error of Run when somebody held the button: the machine should power off.
var ErrOff = errors.New("warden: somebody held the button")
