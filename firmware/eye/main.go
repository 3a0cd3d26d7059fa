// The eye is the one program that sees frames. It reads its orders from descriptor 0, once, and
// writes tallies of a fixed size to descriptor 3; a simulated board may hand it a clip on
// descriptor 4. It opens the camera and nothing else, has no network, no files and no text but
// one last line that says why it ended. See firmware/orders and privacy/wire for the two ends.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"tellijn/counting/pipeline"
	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

func main() {
	err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "eye:", err)
	}
	os.Exit(int(ending(err)))
}

// run reads the orders, counts until it is told to stop, and wipes.
func run() error {
	signal.Ignore(syscall.SIGPIPE) // a warden that is gone is an error of the write, not a signal
	var stopped atomic.Bool
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	go func() {
		<-signals
		stopped.Store(true)
	}()
	o, err := orders.Read(os.Stdin)
	if err != nil {
		return err
	}
	source, err := open(&o)
	if err != nil {
		return err
	}
	defer source.Close()
	count, err := pipeline.New(&o.Scene, source.Format())
	if err != nil {
		return err
	}
	defer count.Wipe()
	f := source.Format()
	loop := cycle.Loop{
		Camera: source, Count: count,
		Out:  wire.NewWriter(pipe(3), wire.StreamOf(f)),
		Beat: uint32(max((o.Beat+f.Interval/2)/f.Interval, 1)),
		Stop: stopped.Load,
	}
	return loop.Run()
}

// ending turns an error into the exit code that says it.
func ending(err error) orders.Ending {
	for _, e := range []struct {
		err  error
		code orders.Ending
	}{
		{orders.ErrInvalid, orders.BadOrders}, {cycle.ErrUnread, orders.NobodyAsks},
		{cycle.ErrOverdue, orders.Overdue}, {camera.ErrFormat, orders.BadFormat},
		{camera.ErrGone, orders.Gone}, {hal.ErrAbsent, orders.Absent}, {os.ErrNotExist, orders.Absent},
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

// pipe is a descriptor that is written to directly: os.File would bring in the poller.
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
