package watch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/view"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/panel"
	"tellijn/firmware/warden/signs"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
)

// open starts book and clerk.
func (w *Warden) open() error {
	b := &w.s.Board
	w.s.Clerk.Keep, w.s.Clerk.Kept = func() []byte { return w.book.Keep() }, func() { w.book.Changed = false }
	var givenUp int
	var err error
	if w.clerk, givenUp, err = clerk.New(w.s.Clerk); err != nil {
		return err
	}
	at, _ := w.when.Read()
	w.book, err = book.New(book.Setup{Interval: b.Interval, Location: w.s.Place, Lines: b.Scene.NLines, Zones: b.Scene.NZones,
		ByFrames: w.byFrames, Factor: w.s.Factor, Grace: 2*b.Beat + time.Second}, at.Now)
	if err != nil {
		return err
	}
	kept := w.clerk.Kept()
	if kept == nil {
		// The first interval of all is kept at once: if it were when somebody is counted, a power cut in it
		// would show that. Without room it waits, as all that follows. The clock has no floor yet: a wrong one
		// should have until the first record to be set right.
		_ = w.clerk.Checkpoint(at)
	} else {
		if err := w.book.Resume(kept); err != nil {
			return err
		}
		w.clerk.Late(w.book.Orphans)
	}
	if givenUp > 0 {
		w.s.Say(fmt.Sprintf("Skipped  %d intervals that were given to a head of the room which the configuration no longer names", givenUp))
	}
	return nil
}

// take has the clerk make records of closed intervals, keeps the open one now and then, and says when
// nothing can be stored.
func (w *Warden) take(closed []book.Closed, at clerk.Stamp) {
	now := w.world.Since()
	if len(closed) == 0 && now < w.retry {
		return
	}
	before, told := w.clerk.Waiting(), w.clerk.Told
	err := w.clerk.Take(closed, at)
	if err == nil && (w.book.Changed && now-w.kept >= keepEvery || w.storing != "") {
		err = w.clerk.Checkpoint(at)
		w.kept = now
	}
	if err == nil {
		if w.storing != "" {
			w.s.Say("Loaded   ledger: there is room again, and nothing was lost")
		}
		w.storing, w.retry = "", 0
		if w.clerk.Unmade > w.unmade {
			w.unmade = w.clerk.Unmade
			w.s.Say(fmt.Sprintf("Failed   no record can be made of an interval: %v; what was counted in it is carried", w.clerk.Why))
		}
		if len(closed) > 0 || w.clerk.Waiting() != before {
			w.kept = now
			w.when.Carried()
			if newest := w.clerk.Told; !bytes.Equal(told, newest) { // the head of a room may wait with its record
				w.view.Send(func(f *os.File) error { return view.WriteRecord(f, newest) })
			}
			w.pump()
		}
		return
	}
	if errors.Is(err, ledger.ErrBroken) {
		w.stop(fmt.Errorf("warden: %w; start it again", err)) // only opening the file again tells what it holds
		return
	}
	w.retry = now + tryStore
	if why := err.Error(); why != w.storing {
		w.s.Say(fmt.Sprintf("Failed   %v; what is counted waits in memory", err))
		w.storing = why
	}
}

// Back-off between two starts of one program.
const (
	firstWait = 250 * time.Millisecond
	// longestWait is short: an unplugged camera should count again soon, and a start costs little.
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

// tryStore is how long to wait between two tries of a ledger that takes nothing.
const tryStore = 2 * time.Second

// closeBook keeps what is open once no eye runs.
func (w *Warden) closeBook() {
	at := w.stamp()
	w.emit(devicelog.Shutdown, 0, 0)
	err := w.clerk.Take(nil, at)
	if err == nil {
		err = w.clerk.Close(at)
	}
	if err != nil && (w.failed == nil || w.failed == ErrOff) {
		w.failed = errors.Join(w.failed, fmt.Errorf("warden: what was counted last could not be stored: %w", err))
	}
	w.end = w.world.Since() + stopCourier
	w.pump()
}

// stamp gives the present moment and tells of steps.
func (w *Warden) stamp() clerk.Stamp {
	at, step := w.when.Read()
	if step != nil {
		believed := int32(0)
		if step.Believed {
			believed = 1
		}
		w.emit(devicelog.ClockStep, step.Seconds(), believed)
	}
	return at
}

// shift moves the calendar of a pretended board.
func (w *Warden) shift(by time.Duration) {
	if w.when.Shift(by) {
		w.s.Say(fmt.Sprintf("Shifted  the clock of this pretended board by %v", by))
	}
}

// show sends the state after a tally; without one, that nothing is counted now.
func (w *Warden) show(t *tally.Tally, counting bool) {
	if w.view == nil {
		return
	}
	s := w.state(counting)
	if t != nil {
		for i := range s.Lines {
			s.Lines[i].LitForward = t.Lines[i].Forward > 0
			s.Lines[i].LitBackward = t.Lines[i].Backward > 0
		}
	}
	w.view.Send(func(f *os.File) error { return view.WriteState(f, s) })
}

// summary says what was counted since the start, and where it is now, on a board that counts nobody real.
func (w *Warden) summary() {
	if !w.s.Board.Kind.Pretended() {
		return // exact counts of real people are not for a terminal or its log
	}
	for i, t := range w.book.Totals {
		w.s.Say(fmt.Sprintf("Counted  line %d: %d forward, %d backward", i+1, t.Forward, t.Backward))
	}
	for i, c := range w.clerk.Carried {
		w.s.Say(fmt.Sprintf("Carried  line %d: %d forward, %d backward wait until they can leave without showing anybody", i+1, c.Forward, c.Backward))
	}
	w.s.Say(fmt.Sprintf("Stored   %d records in %s", w.stored, filepath.Join(w.s.Dir, "courier", "queue.db")))
}

// state makes what the view shows.
func (w *Warden) state(counting bool) *view.State {
	w.beats++
	s := &view.State{Number: w.beats, Counting: counting}
	for _, t := range w.book.Totals {
		s.Lines = append(s.Lines, view.Line{Forward: t.Forward, Backward: t.Backward})
	}
	for _, n := range w.book.Inside {
		s.Zones = append(s.Zones, uint8(n))
	}
	return s
}

// sayer says each grave event once.
func sayer(say func(string)) func(devicelog.Event) {
	said := map[devicelog.Kind]bool{}
	return func(e devicelog.Event) {
		if e.Grave() && !said[e.Kind] {
			said[e.Kind] = true
			say("Event    " + e.String())
		}
	}
}

// glance has the panel look at what there is, and begins the end if somebody held the button.
func (w *Warden) glance(now time.Duration) {
	e, c, b := &w.eye, &w.courier, &w.s.Board
	if c.child != nil && c.ready {
		c.well = now
	}
	at, d := w.when.Now, w.camera.Decision()
	why := signs.Hours
	switch {
	case d.Why == gate.NoTime:
		why = signs.NoTime
	case d.Why.Approval():
		why = signs.NoApproval
	}
	may := d.Open && !w.ending
	pace := b.Interval / time.Duration(b.Speed) / time.Duration(max(w.s.Factor, 1))
	if w.panel.Look(panel.Look{
		At: signs.Moment{Since: now, At: at.Now.Unix(), Known: at.Clock == record.ClockKnown},
		State: signs.State{Open: may, Why: why, Counting: e.child != nil && e.counted > e.started && now-e.counted < silent,
			Full: w.storing != "", Stale: b.Upload.Kind != "" && w.panel.Stale(now, pace)},
		Eye:     signs.Report{Due: may, Last: e.counted},
		Courier: signs.Report{Due: !w.ending, Last: c.well},
	}) {
		w.stop(ErrOff)
	}
}
