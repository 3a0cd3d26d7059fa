package watch

import (
	"errors"
	"fmt"
	"os"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/view"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/event"
	"tellijn/firmware/warden/talk"
)

// courier is the running courier and the memory of the ones before.
type courier struct {
	child   *child.Child
	in      *os.File // records go here
	heard   chan answer
	ready   bool // it said hello
	started time.Duration
	sign    time.Duration // when it was last heard
	due     time.Duration
	wait    time.Duration
	dropped uint64 // records its queue pushed out, as last said
	greeted bool   // some courier said hello since the start
	trouble string
}

// answer is one receipt, or the end of the pipe.
type answer struct {
	r   handoff.Receipt
	err error
}

// startCourier starts a courier, or says why not and tries later.
func (w *Warden) startCourier() {
	c := &w.courier
	c.started = w.world.Since()
	c.sign = c.started
	if err := w.runCourier(); err != nil {
		c.due, c.wait = again(c.started, c.started, c.wait)
		if errors.Is(err, child.ErrNoSpaces) {
			w.stop(err)
		}
		w.noCourier(err.Error())
	}
}

// runCourier starts a courier and listens for its receipts.
func (w *Warden) runCourier() error {
	c := &w.courier
	tell, in, err := child.Pipe(true)
	if err != nil {
		return err
	}
	defer in.Close()
	hear, out, err := child.Pipe(false)
	if err != nil {
		tell.Close()
		return err
	}
	defer out.Close()
	c.child, err = child.Start(w.s.Port, child.Program{Number: talk.Courier, Files: []*os.File{in, nil, out}, Say: w.s.Say})
	if err != nil {
		tell.Close()
		hear.Close()
		return err
	}
	w.layers(event.Courier, c.child.Spaces())
	c.in, c.ready = tell, false
	c.heard = make(chan answer)
	go func(heard chan<- answer) {
		defer hear.Close()
		for {
			r, err := handoff.ReadReceipt(hear)
			heard <- answer{r, err}
			if err != nil {
				return
			}
		}
	}(c.heard)
	return nil
}

// receive takes a receipt, or sees the courier off.
func (w *Warden) receive(a answer) {
	c := &w.courier
	if a.err != nil {
		w.courierEnded()
		return
	}
	c.sign = w.world.Since()
	if a.r.Dropped > c.dropped && c.greeted {
		w.s.Say(fmt.Sprintf("the queue is full; it pushed out %d of its oldest records", a.r.Dropped-c.dropped))
	}
	c.dropped = a.r.Dropped
	switch a.r.Kind {
	case handoff.Hello:
		c.ready, c.greeted, c.trouble = true, true, ""
		w.s.Say(fmt.Sprintf("Loaded   queue: %s/queue.db, %d records waiting", w.s.Dir, a.r.Waiting))
		if w.book == nil && !w.ending {
			w.open(a.r.Tail)
		}
	case handoff.Held:
		// It is alive, which is all that matters here; it says the rest itself.
	case handoff.Stored:
		if a.r.Boot != w.s.Boot {
			return
		}
		if w.ending && w.eye.child == nil {
			w.end = w.world.Since() + stopCourier // it goes on
		}
		for _, s := range w.box.Stored(a.r.Sequence) {
			w.stored++
			w.view.send(func(f *os.File) error { return view.WriteRecord(f, s.Bytes) })
		}
	}
	w.pump()
}

// take puts sealed records on their way, and says when there is one less than there should be.
func (w *Warden) take(sealed []book.Sealed) {
	switch n := w.book.Unsealed; {
	case n > 0 && w.unsealed == 0:
		w.s.Say(fmt.Sprintf("Failed   %v; what is counted waits for the next one", w.book.Why))
		w.unsealed = n
	case n > 0:
		w.unsealed = n
	case w.unsealed > 0:
		w.s.Say(fmt.Sprintf("Loaded   record: there is one again, with what was counted in %d intervals before it", w.unsealed))
		w.unsealed = 0
	}
	for _, s := range sealed {
		w.box.Add(s)
	}
	if len(sealed) > 0 {
		w.pump()
	}
}

// pump sends what may be sent. It never waits: outbox.Window fits into the pipe.
func (w *Warden) pump() {
	c := &w.courier
	for c.ready {
		s, ok := w.box.Next()
		if !ok {
			return
		}
		if w.box.Sent() == 1 {
			c.sign = w.world.Since() // the wait for a receipt begins here
		}
		if err := handoff.WriteRecord(c.in, s.Bytes); err != nil {
			c.ready = false // its end is about to be seen
			return
		}
	}
}

// courierEnded comes when the pipe of receipts has ended.
func (w *Warden) courierEnded() {
	c := &w.courier
	c.in.Close()
	select {
	case <-c.child.Done():
	case <-time.After(time.Second):
		c.child.Kill()
		<-c.child.Done()
	}
	how := c.child.How()
	w.emit(event.CourierEnded, int32(c.child.Code()), int32(c.child.Signal()))
	c.child, c.heard, c.ready = nil, nil, false
	c.due, c.wait = again(w.world.Since(), c.started, c.wait)
	w.box.Again()
	if !w.ending || w.box.Held() > 0 {
		w.noCourier(fmt.Sprintf("the courier ended: %s", how))
	}
}

// noCourier says once why nothing is stored; counting goes on.
func (w *Warden) noCourier(why string) {
	if why != w.courier.trouble {
		w.s.Say(fmt.Sprintf("Failed   queue: %s; it is started again, %d records wait for it", why, w.box.Held()))
	}
	w.courier.trouble = why
}

// endCourier hangs up and waits until the courier has closed its file.
func (w *Warden) endCourier() {
	c := &w.courier
	if c.child == nil {
		return
	}
	c.in.Close()
	go func(heard <-chan answer) {
		for a := range heard {
			if a.err != nil {
				return
			}
		}
	}(c.heard)
	select {
	case <-c.child.Done():
	case <-time.After(5 * time.Second):
		w.s.Say("the courier does not end and is ended; what it gave receipts for is on disk")
		c.child.Kill()
		<-c.child.Done()
	}
	w.emit(event.CourierEnded, int32(c.child.Code()), int32(c.child.Signal()))
}
