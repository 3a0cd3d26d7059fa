// The eye is the one program that sees frames. It reads its orders from descriptor 0, once, opens
// the camera, lets the kernel take every right from it, and then writes tallies of a fixed size to
// descriptor 3 until it ends. It has no network, no files, and no text once it counts: what it says
// last is a code. A board that is not real may hand it a clip on descriptor 5. See firmware/orders
// and privacy/wire for the two ends, privacy/sandbox for what it may do.
package main

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"

	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/privacy/sandbox"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-manifest" {
		manifest()
		return
	}
	e := eye{}
	err := e.run()
	if err != nil && !e.confined {
		_, _ = pipe(sandbox.FdWords).Write([]byte("eye: " + err.Error() + "\n"))
	}
	syscall.Exit(int(ending(err)))
}

// manifest prints what the eye may do, at both stages of its life, with a camera on descriptor 5.
func manifest() {
	_, _ = pipe(1).Write([]byte(sandbox.EyeOpens("(the camera of its orders)", 1).Text()))
	_, _ = pipe(1).Write([]byte(sandbox.EyeCounts(sandbox.Eye{Camera: 5, Pid: 1}).Text()))
}

// eye is one run.
type eye struct {
	confined bool // to the manifest of an eye that counts
	stopped  atomic.Bool
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
	o, err := orders.Read(pipe(sandbox.FdOrders))
	if err != nil {
		return err
	}
	held, err := begin(&o)
	if err != nil {
		return err
	}
	source, err := open(&o)
	if err != nil {
		return err
	}
	defer source.Close()
	m, err := hold()
	if err != nil {
		return err
	}
	defer m.wipe()
	loop, err := m.loop(&o, source)
	if err != nil {
		return err
	}
	if held, err = confined(&o, source, held); err != nil {
		return err
	}
	e.confined = true
	loop.Stop = e.stopped.Load
	return run(loop, m.report(source, held))
}

// ending turns an error into the exit code that says it.
func ending(err error) orders.Ending {
	for _, e := range []struct {
		err  error
		code orders.Ending
	}{
		{errUnconfined, orders.Unconfined},
		{orders.ErrInvalid, orders.BadOrders}, {cycle.ErrUnread, orders.NobodyAsks},
		{cycle.ErrOverdue, orders.Overdue}, {camera.ErrFormat, orders.BadFormat},
		{camera.ErrGone, orders.Gone}, {hal.ErrAbsent, orders.Absent}, {syscall.ENOENT, orders.Absent},
	} {
		if errors.Is(err, e.err) {
			return e.code
		}
	}
	if err != nil {
		return orders.Broken
	}
	return orders.Ended
}

// pipe is a descriptor that is used directly: os.File would bring in a poller.
type pipe int

// Write does one write(2), again only when a signal came before the first byte.
func (p pipe) Write(b []byte) (int, error) {
	for {
		n, err := syscall.Write(int(p), b)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}

// Read does one read(2), straight into b.
func (p pipe) Read(b []byte) (int, error) {
	for {
		n, err := syscall.Read(int(p), b)
		switch {
		case err == syscall.EINTR:
		case n == 0 && err == nil && len(b) > 0:
			return 0, io.EOF
		default:
			return max(n, 0), err
		}
	}
}
