// Package run is the life of an eye: orders, camera, confinement, counting, wiping. What it opens a camera
// with and how it is confined comes in from outside, so that the same life can be led by an eye that
// means harm, for tests. It never keeps a frame and says nothing once it counts but tallies and
// the code that it ends with.
package run

import (
	"errors"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"

	"tellijn/counting/grid"
	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
)

// Parts are what an eye is put together from.
type Parts struct {
	// Open opens the camera of the orders. Frames that it takes by itself are guarded as the later
	// ones are, unless the guard is nil. Before the first frame can come it calls before, once,
	// with the descriptor of the camera, -1 for one that is drawn or a clip.
	Open func(o *orders.Orders, g cycle.Guard, before func(descriptor int) error) (camera.Source, error)
	// Enter confines this program for good; see privacy/sandbox/confine.
	Enter func(sandbox.Manifest) (layers.Layers, error)
	// StandIn is a device that may stand in for a camera, for tests; "" on every device.
	StandIn string
}

// Eye leads the life of an eye and answers how it ended.
func Eye(p Parts) orders.Ending {
	e := eye{Parts: p}
	err := e.run()
	if err != nil && !e.mute {
		_, _ = Pipe(eyes.FdWords).Write([]byte("eye: " + err.Error() + "\n"))
	}
	return ending(err)
}

// eye is one run.
type eye struct {
	Parts
	has     eyes.Eye
	held    layers.Layers // what holds it in so far
	settles bool          // frames can come
	mute    bool          // confined so that words would end it
	stopped atomic.Bool
}

// run reads the orders, counts until it is told to stop, and wipes.
func (e *eye) run() error {
	// Nothing is allocated in the cycle, so there is nothing to collect; and a collector gives
	// memory back by timers, for which Go would make descriptors, which a confined eye may not.
	debug.SetGCPercent(-1)
	signal.Ignore(syscall.SIGPIPE) // a warden that is gone is an error of the write, not a signal
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	go func() {
		<-signals
		e.stopped.Store(true)
	}()
	o, err := orders.Read(Pipe(eyes.FdOrders))
	if err != nil {
		return err
	}
	if err := e.begin(&o); err != nil {
		return err
	}
	bell, err := guard(&o)
	if err != nil {
		return err
	}
	m, err := hold()
	if err != nil {
		return err
	}
	defer m.wipe()
	source, err := e.Open(&o, bell, func(descriptor int) error { return e.settle(&o, descriptor) })
	if err != nil {
		return err
	}
	defer source.Close()
	loop, err := m.loop(&o, source, bell)
	if err != nil {
		return err
	}
	if err := e.count(&o); err != nil {
		return err
	}
	loop.Stop, loop.Out = e.stopped.Load, m.report(source, e.held)
	return loop.Run()
}

// first is what an error says before the first hint.
func first(err error) string {
	text, _, _ := strings.Cut(err.Error(), ";")
	return text
}

// ending turns an error into the exit code that says it.
func ending(err error) orders.Ending {
	for _, e := range []struct {
		err  error
		code orders.Ending
	}{
		{errUnconfined, orders.Unconfined},
		{orders.ErrInvalid, orders.BadOrders}, {cycle.ErrUnread, orders.NobodyAsks},
		{cycle.ErrOverdue, orders.Overdue}, {grid.ErrCoarse, orders.TooCoarse},
		{syscall.EACCES, orders.Denied}, {syscall.EPERM, orders.Denied}, {syscall.EBUSY, orders.Busy}, {syscall.ENOSPC, orders.NoRoom},
		{camera.ErrFormat, orders.BadFormat},
		{camera.ErrGone, orders.Gone}, {hal.ErrAbsent, orders.Absent}, {syscall.ENOENT, orders.Absent},
	} {
		// The library of the camera passes on the words of an error number, not the number.
		number, ok := e.err.(syscall.Errno)
		if errors.Is(err, e.err) || ok && err != nil && strings.HasSuffix(first(err), number.Error()) {
			return e.code
		}
	}
	if err != nil {
		return orders.Broken
	}
	return orders.Ended
}
