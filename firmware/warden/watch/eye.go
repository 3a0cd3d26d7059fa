package watch

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"tellijn/boards"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/talk"
	"tellijn/firmware/warden/turn"
	"tellijn/hal/alarm"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/layers"
	"tellijn/privacy/wire"
)

// eye is the running eye and the memory of the ones before.
type eye struct {
	orders  [orders.Size]byte
	child   *child.Child
	heard   chan said
	alarm   *alarm.Alarm    // nil where there is none
	overdue <-chan struct{} // closed when the alarm ran out
	started time.Duration
	sign    time.Duration // when it was last heard
	counted time.Duration // when a tally was booked last
	due     time.Duration // when to start the next
	wait    time.Duration
	stream  wire.Stream
	looked  bool
	seen    layers.Layers // of those that the kernel shows, what holds
	held    layers.Layers // that confine it, as last said
	trouble string        // what was last said about why it does not run
}

// said is one message of the eye, or the end of its pipe.
type said struct {
	m   wire.Message
	err error
}

// orders makes what the eye will be told.
func (w *Warden) orders() (out [orders.Size]byte, err error) {
	b := &w.s.Board
	o := orders.Orders{
		Device: b.Path, Scene: b.Scene, Beat: b.Beat, Speed: uint16(b.Speed),
		Wanted: orders.Wanted{Pixel: b.Wanted.Pixel, Width: uint16(b.Wanted.Width),
			Height: uint16(b.Wanted.Height), Interval: b.Wanted.Interval},
	}
	switch b.Kind {
	case boards.Real:
		o.Board = orders.Real
	case boards.Simulated:
		o.Board = orders.Simulated
	case boards.Virtual:
		o.Board = orders.Virtual
	}
	switch b.Driver {
	case "v4l2":
		o.Driver = orders.V4L2
	case "sim":
		o.Driver, o.Sim = orders.Sim, w.s.Play
	case "clip":
		o.Driver = orders.Feed
	}
	return orders.Encode(&o)
}

// startEye starts an eye, or says why not and tries later.
func (w *Warden) startEye() {
	e := &w.eye
	e.started = w.world.Since()
	e.sign = e.started
	if err := w.runEye(); err != nil {
		e.due, e.wait = again(e.started, e.started, e.wait)
		if errors.Is(err, child.ErrNoSpaces) {
			w.stop(err)
			return
		}
		w.trouble(err.Error())
	}
}

// runEye starts an eye with its orders, and listens.
func (w *Warden) runEye() error {
	e := &w.eye
	if err := w.camera.On(); err != nil {
		return err
	}
	tell, in, err := child.Pipe(true)
	if err != nil {
		return err
	}
	defer in.Close()
	defer tell.Close()
	hear, out, err := child.Pipe(false)
	if err != nil {
		return err
	}
	defer out.Close()
	bell, err := w.alarm()
	if err != nil {
		hear.Close()
		return err
	}
	files := []*os.File{in, nil, out, nil}
	if bell != nil {
		files[3] = bell.File()
	}
	if w.s.Feed != nil {
		files = append(files, w.s.Feed)
	}
	if _, err = tell.Write(e.orders[:]); err == nil { // a pipe holds far more than this
		e.child, err = child.Start(w.s.Port, child.Program{Number: talk.Eye, Files: files}) // it has no words
	}
	if err != nil {
		hear.Close()
		if bell != nil {
			bell.Close()
		}
		return err
	}
	e.looked = false
	w.guard(bell)
	if w.s.Feed != nil {
		w.s.Feed.Close() // a clip plays once; the eye has it now
	}
	w.clerk.Eye(e.child.Sum())
	w.when.Eye()
	w.enter(devicelog.Event{Kind: devicelog.Firmware, Digest: e.child.Sum()})
	w.layers(devicelog.Eye, e.child.Spaces())
	w.emit(devicelog.EyeStarted, int32(e.child.Pid()), 0)
	began := w.s.Clock.Since()
	// A camera that has no such rate may give twice it, which it rounds.
	shortest := w.s.Board.Wanted.Interval * 2 / 5
	r := wire.NewReader(hear, wire.Terms{Lines: w.s.Board.Scene.NLines, Zones: w.s.Board.Scene.NZones,
		Beat: w.s.Board.Beat, Speed: 1, Unpaced: w.s.Board.Driver == "clip", Shortest: shortest, Since: func() time.Duration { return w.s.Clock.Since() - began }})
	e.heard = make(chan said)
	go listen(hear, r, e.heard)
	return nil
}

// listen passes on what the eye says, to the end of the pipe or the first lie.
func listen(pipe *os.File, r *wire.Reader, heard chan<- said) {
	defer pipe.Close()
	defer close(heard)
	for {
		m, err := r.Next()
		heard <- said{m, err}
		if err != nil {
			return
		}
	}
}

// hear books one tally, or sees the eye off.
func (w *Warden) hear(s said) {
	e := &w.eye
	if s.err != nil {
		w.eyeEnded(s.err)
		return
	}
	e.sign = w.world.Since()
	w.look()
	s.m.Stream.Held = w.believed(s.m.Stream.Held)
	if h := s.m.Stream.Held; !w.s.Board.Kind.Pretended() && !h.Enough() {
		w.held(h)
		w.eyeEnded(errLoose)
		return
	}
	if e.trouble != "" || e.stream != s.m.Stream {
		m := &s.m.Stream
		w.s.Say(fmt.Sprintf("Loaded   camera: %s, %dx%d %s, %.4g frames a second",
			w.s.Board.Driver, m.Width, m.Height, m.Pixel, float64(time.Second)/float64(m.Interval)))
		w.held(m.Held)
		e.stream, e.trouble = s.m.Stream, ""
	}
	w.when.Tally(&s.m)
	at := w.stamp()
	closed, err := w.book.Add(&s.m, at.Now)
	w.take(closed, at)
	if err != nil {
		w.eyeEnded(err)
		return
	}
	e.counted = e.sign
	w.show(&s.m.Tally, true)
}

// eyeEnded comes when the pipe has ended or a lie came through it.
func (w *Warden) eyeEnded(why error) {
	e := &w.eye
	lied := !errors.Is(why, io.EOF) && !errors.Is(why, child.ErrGone)
	if !errors.Is(why, io.EOF) {
		e.child.Kill()
		go drain(e.heard) // the listener may have one more message in hand
	}
	select {
	case <-e.child.Done():
	case <-time.After(time.Second): // closed its pipe and stayed
		e.child.Kill()
		<-e.child.Done()
	}
	code, how := orders.Ending(e.child.Code()).Known(), e.child.Signal()
	closed := w.camera.Stopping()
	e.due, e.wait = again(w.world.Since(), e.started, e.wait)
	forced, grave := w.eyeOff(lied, code)
	e.child, e.heard = nil, nil
	w.show(nil, false)
	switch {
	case w.ending:
		w.closeBook()
	case closed && w.s.Board.Driver != "clip":
		e.due, e.wait = 0, firstWait // as soon as the gate opens
	case closed:
		w.stop(fmt.Errorf("warden: %v, and a clip plays only once", w.camera.Decision().Why))
	case !lied && code == orders.Ended:
		w.s.Say("the camera has no more frames")
		w.stop(nil)
	case !lied && code == orders.BadOrders:
		w.stop(fmt.Errorf("%w the eye: it %s; %s", errNoStart, code, code.Hint()))
	case w.s.Board.Driver == "clip":
		w.stop(fmt.Errorf("warden: %s; a clip plays only once", w.reason(why, forced, code, how)))
	default:
		w.trouble(w.reason(why, forced, code, how))
	}
	if w.ending || grave || !w.camera.Decision().Open {
		_ = w.camera.Off() // said aloud if it fails
		e.due = max(e.due, w.world.Since()+turn.Dark)
	}
}

// drain lets a listener go.
func drain(heard <-chan said) {
	for range heard {
	}
}

// trouble says once why there is no eye; the next start is due anyway.
func (w *Warden) trouble(why string) {
	if why != w.eye.trouble {
		w.s.Say("Failed   camera: " + why + "; it is started again until it works")
	}
	w.eye.trouble = why
}
