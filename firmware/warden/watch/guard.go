package watch

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/orders"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/turn"
	"tellijn/hal"
	"tellijn/hal/alarm"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/layers"
)

// maxHeld is how long the eye may hold a frame. It sets the alarm itself, to firmware/eye/cycle.MaxLife;
// this is for the words.
const maxHeld = 200 * time.Millisecond

// Words for an eye that did not end by itself.
const (
	lie      = "the eye was ended, because it said what cannot be"
	overdue  = "the eye was ended, because it held a frame for more than 200 ms"
	filtered = "the eye tried what it may not, and the kernel ended it"
)

// alarm makes the alarm of the next eye; nil where there is none and nobody is counted.
func (w *Warden) alarm() (*alarm.Alarm, error) {
	a, err := alarm.New()
	if err != nil && errors.Is(err, hal.ErrAbsent) && w.s.Board.Kind.Pretended() {
		if !w.mute {
			w.s.Say(fmt.Sprintf("Skipped  alarm: %v", err))
			w.emit(devicelog.LayerAbsent, int32(devicelog.Eye), int32(devicelog.Alarm))
		}
		w.mute = true
		return nil, nil
	}
	return a, err
}

// guard ends the eye that now runs as soon as its alarm has run out, whatever else there is to do.
func (w *Warden) guard(a *alarm.Alarm) {
	w.eye.alarm, w.eye.overdue = a, nil
	if a == nil {
		return
	}
	late, c := make(chan struct{}), w.eye.child
	w.eye.overdue = late
	go func() {
		if a.Wait() == nil {
			close(late) // before the end of its pipe can be seen
			c.Kill()
		}
	}()
}

// eyeOff tells what is to be told of an eye that has ended. forced are the words if it was ended by
// force; grave says that its camera should lose its power for a moment.
func (w *Warden) eyeOff(lied bool, code orders.Ending) (forced string, grave bool) {
	e := &w.eye
	if code == orders.Overdue { // it noticed by itself
		grave = true
		w.emit(devicelog.EyeOverdue, int32(maxHeld.Milliseconds()), 0)
	}
	late := false
	select {
	case <-e.overdue:
		late = true
	default:
	}
	if e.alarm != nil {
		e.alarm.Close()
	}
	switch {
	case late:
		forced = overdue
		w.emit(devicelog.EyeOverdue, int32(maxHeld.Milliseconds()), 0)
	case e.child.Signal() == syscall.SIGSYS:
		forced = filtered
		w.emit(devicelog.EyeFiltered, 0, 0)
	case lied:
		forced = lie // or it counts although nothing holds it in
		w.emit(devicelog.EyeLied, 0, 0)
	}
	exit := int32(-1)
	if e.child.Signal() == 0 {
		exit = int32(code)
	}
	w.emit(devicelog.EyeEnded, exit, int32(e.child.Signal()))
	e.alarm, e.overdue = nil, nil
	return forced, grave || forced != ""
}

// reason says why an eye ended, in words of ours: nothing of what the eye said is in them, but which rule
// it broke, with what code it ended, or by which signal. forced says by whom it was ended, or "".
func (w *Warden) reason(why error, forced string, code orders.Ending, signal syscall.Signal) string {
	switch {
	case forced == lie:
		return fmt.Sprintf("%s: %v", forced, why)
	case forced != "":
		return forced
	case signal != 0:
		return "the eye ended: signal: " + signal.String()
	}
	text := "the eye " + code.String()
	if w.s.Board.Path != "" && code != orders.Odd {
		text += " (" + w.s.Board.Path + ")"
	}
	if hint := code.Hint(); hint != "" {
		text += "; " + hint
	}
	return text
}

// turn does what the camera's power wants: an eye starts only after it was given, and ends before it is taken.
func (w *Warden) turn(now time.Duration) {
	e := &w.eye
	switch w.camera.Step(turn.Now{At: now, Want: w.camera.Decision().Open && !w.ending, Runs: e.child != nil, Lit: w.camera.Lit(), Due: e.due}) {
	case turn.Start:
		w.startEye()
	case turn.Stop:
		e.child.Stop()
	case turn.Kill:
		w.s.Say("the eye does not end in order and is ended")
		e.child.Kill()
		select {
		case <-w.s.Port.Gone():
			w.eyeEnded(child.ErrGone) // nobody can end it; it ends when nobody takes its tallies
		default:
		}
	case turn.Cut:
		_ = w.camera.Off() // said aloud if it fails, and tried again
	}
}

// pass lets time pass for the book. While the gate is closed a camera that is drawn gives no frames, so time
// goes by the clock.
func (w *Warden) pass(at clerk.Stamp) []book.Closed {
	if w.byFrames && w.eye.child == nil && !w.camera.Decision().Open {
		w.when.Rest()
		return w.book.Rest(at.Now)
	}
	return w.book.Tick(at.Now)
}

// layers says once which program has no namespaces of its own, and why.
func (w *Warden) layers(p int32, s child.Spaces) {
	if s.Why == nil || w.lacking[p] {
		return
	}
	w.lacking[p] = true
	w.s.Say(fmt.Sprintf("Skipped  namespaces: %s has none of its own (%v)", devicelog.Program(p), s.Why))
	w.emit(devicelog.LayerAbsent, p, int32(layers.Spaces))
}

// seen are the layers that can be seen from outside. An eye is not asked about them.
const seen = layers.Filter | layers.Rights

// look has the starter ask the kernel what holds a new eye in, once it counts. It waits for the answer.
func (w *Warden) look() {
	e := &w.eye
	if e.looked {
		return
	}
	e.looked, e.seen = true, 0
	e.child.Look()
	select {
	case e.seen = <-e.child.Seen():
	case <-e.child.Done():
		if w.s.Board.Kind.Pretended() {
			e.seen = seen // it has ended already: nobody was counted, and its word may stand
		}
	case <-time.After(2 * time.Second): // nobody saw anything, so nothing holds
	}
}

// believed are the layers that hold the eye in: whether it has namespaces, a filter and no rights is
// known from the starter, the rest is its own word.
func (w *Warden) believed(h layers.Layers) layers.Layers {
	h &= w.eye.seen | ^seen
	if w.eye.child.Spaces().Got != 0 {
		return h | layers.Spaces
	}
	return h &^ layers.Spaces
}

// errLoose ends an eye that is not held in on a board that counts people.
var errLoose = errors.New("the kernel says that it is not confined")

// Confined tells what holds the warden itself in, before Run.
func (w *Warden) Confined(held layers.Layers) {
	w.when.Read()
	w.emit(devicelog.Sandbox, devicelog.Warden, int32(held))
}

// held says once what confines the eye, and what is missing.
func (w *Warden) held(h layers.Layers) {
	if w.said && h == w.eye.held {
		return
	}
	w.said, w.eye.held = true, h
	w.s.Say(fmt.Sprintf("Loaded   confinement of the eye: %s", h))
	w.emit(devicelog.Sandbox, devicelog.Eye, int32(h))
	if missing := h.Missing(); len(missing) > 0 {
		w.s.Say(fmt.Sprintf("Skipped  confinement of the eye: no %s", strings.Join(missing, ", no ")))
		w.emit(devicelog.LayerAbsent, int32(devicelog.Eye), int32(layers.All&^h))
	}
}

// emit tells that something happened, and enters it into the log of the device.
func (w *Warden) emit(kind devicelog.Kind, a, b int32) {
	w.enter(devicelog.Event{Kind: kind, A: a, B: b})
}

// enter tells an event to both.
func (w *Warden) enter(e devicelog.Event) {
	w.s.Emit(e)
	w.clerk.Enter(e, w.when.Now)
}

// dialer says once why there are no connections. It is told from a goroutine of its own, which is done
// with it: a dialer has no words for the rest of the warden, and nobody waits for it.
func (w *Warden) dialer(k child.Kept) {
	switch {
	case k.Err != nil:
		w.s.Say(fmt.Sprintf("Failed   dialer: %v; it is started again", k.Err))
	case k.Ended:
		w.s.Say(fmt.Sprintf("Failed   dialer: it ended: %s; it is started again, and records wait", k.Child.How()))
	default:
		w.s.Say("Loaded   dialer: connections to " + w.s.Board.Upload.Address + " and nowhere else")
	}
}
