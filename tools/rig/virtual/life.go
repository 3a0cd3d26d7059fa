package virtual

import (
	"errors"
	"fmt"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/boot"
)

// life is what lies between getting power, or starting anew, and the end.
type life struct {
	m    *boot.Machine
	done chan struct{} // closed when everything of it is noted
}

// state is what hands have done to the bench; it lasts over lives.
type state struct {
	feed string // of the camera: works, welded or broken
	out  bool   // the camera's cable
	link bool   // the network's cable is out
}

// hand does something to the bench, and gives the running life that it is to be done to as well, nil if there is none.
func (r *rig) hand(do func(*state)) *life {
	r.mu.Lock()
	defer r.mu.Unlock()
	do(&r.want)
	return r.life
}

// errOff says that something needs a running board.
var errOff = errors.New("virtual: the board is off")

// Power gives the board power, or takes it away at once. A board that switched itself off has to be switched off before
// it can be switched on.
func (r *rig) Power(on bool) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	if on {
		if r.on {
			return errors.New("virtual: the board has power already")
		}
		r.began.CompareAndSwap(0, time.Now().UnixNano())
		r.on = true
		r.say(bench.Powered)
		if err := r.start(); err != nil {
			r.on = false
			return err
		}
		return nil
	}
	if !r.on {
		return nil
	}
	r.say(bench.Dark)
	r.on = false
	if l := r.now(); l != nil {
		l.m.Kill()
		<-l.done
	}
	if r.reader != nil {
		return r.reader.Cut()
	}
	return nil
}

// start begins a life with the card as it is now. r.turn is held.
func (r *rig) start() error {
	b := boot.Options{Board: r.s.Board, Card: r.card, Keep: true, Disk: r.plug, Wire: r.outside.Wire, NoClock: r.s.NoClock, Words: r.s.Kernel, Limit: limit, Say: r.say,
		Clock: r.chip().UTC().Format("2006-01-02T15:04:05")}
	b.Locked = r.reader != nil && r.reader.Locked()
	if r.film != nil {
		b.Camera = r.film.Camera
	}
	r.says.Live(true)
	m, err := boot.Boot(r.ctx, b)
	if err != nil {
		r.says.Live(false)
		return err
	}
	if r.film != nil {
		r.film.Pace(m.PID())
	}
	l := &life{m: m, done: make(chan struct{})}
	r.mu.Lock()
	r.life = l
	want := r.want
	r.mu.Unlock()
	go func() {
		r.says.Listen(m.Lines())
		r.over(l)
	}()
	if err := r.fit(l, want); err != nil {
		m.Kill()
		<-l.done
		return err
	}
	return nil
}

// fit makes a life as hands left the bench.
func (r *rig) fit(l *life, want state) error {
	if want.link {
		if err := l.m.Link(false); err != nil {
			return err
		}
	}
	if l.m.Bench == nil {
		return nil
	}
	if want.out {
		if err := l.m.Bench.Cable(true); err != nil {
			return err
		}
	}
	if want.feed == "works" {
		return nil
	}
	return feed(l, want.feed)
}

// feed changes the switch of the camera.
func feed(l *life, state string) error {
	switch state {
	case "works":
		return l.m.Bench.Mend()
	case "welded":
		return l.m.Bench.Weld()
	case "broken":
		return l.m.Bench.Break()
	}
	return fmt.Errorf("virtual: switch %q, want works, welded or broken", state)
}

// over notes what a life left. A machine that wanted to start anew begins another one, as long as the board has power:
// its firmware reads the card again.
func (r *rig) over(l *life) {
	again := l.m.Again()
	r.mu.Lock()
	if l.m.Bench != nil {
		for _, c := range l.m.Bench.Changes() {
			r.note(bench.Change{At: c.At, Part: c.Part, High: c.High})
		}
	}
	for part, high := range r.lamp { // a board without power moves no line
		if high {
			r.note(bench.Change{At: time.Now(), Part: part})
		}
	}
	r.bite += l.m.Bites()
	r.life = nil
	r.mu.Unlock()
	l.m.End()
	if !again {
		r.says.Live(false)
	}
	close(l.done)
	if !again {
		return
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	if !r.on {
		r.says.Live(false)
		return
	}
	r.say("the board starts anew")
	if err := r.start(); err != nil {
		r.say("the board does not start anew: " + err.Error())
	}
}

// note adds a change of a line. r.mu is held.
func (r *rig) note(c bench.Change) {
	r.past = append(r.past, c)
	r.lamp[c.Part] = c.High
}

// Hold holds the button. That the board is gone before it is let go is no error.
func (r *rig) Hold(d time.Duration) error {
	l := r.now()
	switch {
	case l == nil:
		return errOff
	case l.m.Bench == nil:
		return fmt.Errorf("virtual: this machine has no button: %w", bench.ErrCannot)
	}
	err := l.m.Bench.Press(d)
	if err == nil {
		return nil
	}
	select {
	case <-l.done: // which is noted a moment later
		return nil
	case <-time.After(5 * time.Second):
		return err
	}
}
