package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/warden/child"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/talk"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/room"
)

// courier is the running courier and the memory of the ones before.
type courier struct {
	child     *child.Child
	in        *os.File // records go here
	heard     chan answer
	ready     bool          // it said hello
	well      time.Duration // when it was ready last
	started   time.Duration
	sign      time.Duration // when it was last heard
	due, wait time.Duration
	sent      uint64   // number of the newest item that went to this courier
	flight    []uint64 // numbers of items that it has given no receipt for, oldest first
	taken     uint64   // items that it gave a receipt for
	records   map[uint64]bool
	full      bool   // the window was full and is not half empty yet
	dropped   uint64 // records its queue pushed out, as last said
	refused   uint64 // items that the collector never takes, as last said
	strange   uint64 // answers and servers that were not who they should be, as last said
	greeted   bool   // some courier said hello since the start
	trouble   string
}

// window is how many items may be on their way without a receipt. With at most a KB and a little each
// they fit into the 64 KB of a pipe, so sending never waits. A full window is refilled when half of it
// is empty: items then reach the disk in batches, not one by one.
const inFlight = 32

// patience is how long one write to the courier may take.
const patience = 2 * time.Second

// busy tells whether a courier that runs has something on its way.
func (c *courier) busy() bool { return c.child != nil && (len(c.flight) > 0 || !c.ready) }

// answer is one receipt, or the end of the pipe.
type answer struct {
	b   handoff.Back
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
	w.layers(devicelog.Courier, c.child.Spaces())
	c.in, c.ready = tell, false
	c.sent, c.flight, c.taken, c.full, c.records, c.strange = 0, nil, 0, false, map[uint64]bool{}, 0
	c.heard = make(chan answer)
	go func(heard chan<- answer) {
		defer hear.Close()
		for {
			b, err := handoff.ReadBack(hear)
			heard <- answer{b, err}
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
	r := &a.b
	if r.Kind == handoff.Inward {
		w.inward(r.Envelope)
		return
	}
	if r.Dropped > c.dropped && c.greeted {
		w.s.Say(fmt.Sprintf("the queue is full; it pushed out %d of its oldest records", r.Dropped-c.dropped))
		w.emit(devicelog.QueueDropped, int32(min(r.Dropped-c.dropped, 1<<31-1)), 0)
	}
	if r.Failed > c.strange {
		w.emit(devicelog.AuthFailed, 3, 0)
	}
	if r.Kind == handoff.Hello && r.Aside {
		w.emit(devicelog.QueueAside, 0, 0)
	}
	if r.Refused > c.refused && c.greeted {
		w.s.Say(fmt.Sprintf("the collector refused %d items for good; they are kept aside for a week", r.Refused-c.refused))
		w.emit(devicelog.QueueDropped, int32(min(r.Refused-c.refused, 1<<31-1)), 1)
	}
	c.dropped, c.refused, c.strange = r.Dropped, r.Refused, r.Failed
	w.panel.Queue(r)
	w.clerk.Lost(r.Dropped)
	switch r.Kind {
	case handoff.Hello:
		c.ready, c.greeted, c.trouble = true, true, ""
		w.s.Say(fmt.Sprintf("Loaded   queue: %s, %d records waiting", filepath.Join(w.s.Dir, "courier", "queue.db"), r.Waiting))
	case handoff.Held:
		// It is alive, which is all that matters here; it says the rest itself.
	case handoff.Stored:
		if w.ending && w.eye.child == nil {
			w.end = w.world.Since() + stopCourier // it goes on
		}
		w.storedUpto(r.Upto)
	}
	w.pump()
}

// storedUpto takes the receipt for so many items since hello.
func (w *Warden) storedUpto(upto uint64) {
	c := &w.courier
	for c.taken < upto && len(c.flight) > 0 {
		if c.records[c.flight[0]] {
			w.stored++
		}
		delete(c.records, c.flight[0])
		w.clerk.Stored(c.flight[0])
		c.flight = c.flight[1:]
		c.taken++
	}
}

// inward takes what another door of the room, or its head, sent. Whoever passed it on may have made it
// up, so it is checked down to its signature, and what alarms is entered into the log, not printed.
func (w *Warden) inward(b []byte) {
	if err := w.clerk.Inward(b); err != nil && room.Alarming(err) {
		w.emit(devicelog.AuthFailed, 1, 0)
	}
}

// pump sends what may be sent. inFlight items fit into the pipe, so it does not wait; a courier that gives
// receipts for what it has not read is ended instead of waited for.
func (w *Warden) pump() {
	c := &w.courier
	c.full = c.full && len(c.flight) > inFlight/2
	if !c.ready || c.full {
		return
	}
	for _, it := range w.clerk.Items(c.sent, inFlight-len(c.flight)) {
		if len(c.flight) == 0 {
			c.sign = w.world.Since() // the wait for a receipt begins here
		}
		_ = c.in.SetWriteDeadline(time.Now().Add(patience))
		err := handoff.WriteItem(c.in, handoff.Item{Kind: handoff.ItemKind(it.Kind), Boot: it.Boot, Sequence: it.Sequence,
			At: w.when.Age(), Bytes: it.Bytes})
		if err != nil {
			if c.ready = false; errors.Is(err, os.ErrDeadlineExceeded) {
				w.s.Say("the courier does not read what it says it has, and is ended")
				c.child.Kill()
			}
			return // its end is about to be seen
		}
		c.sent, c.flight = it.Number, append(c.flight, it.Number)
		c.records[it.Number] = it.Kind == clerk.Record
	}
	c.full = len(c.flight) == inFlight
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
	w.emit(devicelog.CourierEnded, int32(c.child.Code()), int32(c.child.Signal()))
	c.child, c.heard, c.ready = nil, nil, false
	c.due, c.wait = again(w.world.Since(), c.started, c.wait)
	c.flight = nil
	if !w.ending {
		w.noCourier(fmt.Sprintf("the courier ended: %s", how))
	}
}

// noCourier says once why nothing is stored; counting goes on.
func (w *Warden) noCourier(why string) {
	if why != w.courier.trouble {
		w.s.Say(fmt.Sprintf("Failed   queue: %s; it is started again, and records wait for it in the ledger", why))
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
		for a := <-heard; a.err == nil; a = <-heard {
		}
	}(c.heard)
	select {
	case <-c.child.Done():
	case <-time.After(5 * time.Second):
		w.s.Say("the courier does not end and is ended; what it gave receipts for is on disk")
		c.child.Kill()
		<-c.child.Done()
	}
	w.emit(devicelog.CourierEnded, int32(c.child.Code()), int32(c.child.Signal()))
}
