// The courier keeps what the warden gives it on disk and brings it to the collector. It reads items from
// descriptor 0, where the warden writes, says on descriptor 3 what is stored and what came from
// outside, and asks for connections on descriptor 4, where the dialer is. It has no camera, no network
// of its own and no key that signs; its one directory holds the queue and its certificate. When the
// warden hangs up it stores what it has and ends.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/courier/shelf"
	"tellijn/firmware/queue"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

// memory is when the collector of garbage works harder, in bytes: the program itself takes some
// 6 MB beside that, and the courier has to stay below 16.
const memory = 6 << 20

func main() {
	o := words{}
	flags := o.flags()
	manifest := flags.Bool("manifest", false, "print what the courier may do, and end")
	_ = flags.Parse(os.Args[1:]) // it ends the program
	if *manifest {
		fmt.Print(sandbox.Courier("(the directory of its queue)", 1).Text())
		return
	}
	// Ctrl-C reaches every program of the terminal; the warden says when to end.
	// A terminal that closed is no reason to stop storing.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	debug.SetMemoryLimit(memory)
	if flags.NArg() != 0 {
		o.dir = "" // nobody but the warden knows the words
	}
	if err := run(o); err != nil {
		say(err.Error())
		os.Exit(1)
	}
}

func run(o words) error {
	if o.dir == "" {
		return fmt.Errorf("no directory; the warden starts the courier with -dir, not a person")
	}
	u, err := prepare(o)
	if err != nil {
		return err
	}
	if err := hold(o.dir); err != nil {
		return err
	}
	after, err := u.open()
	if err != nil {
		return err
	}
	q, err := queue.Open(filepath.Join(o.dir, "queue.db"), queue.Options{After: after})
	if err != nil {
		return err
	}
	defer q.Close()
	if q.Aside != "" {
		say(fmt.Sprintf("the queue was damaged and a new one is started; the old file is kept as %s (%v)", q.Aside, q.Why))
	}
	out, rest := os.NewFile(3, "receipts"), func(d time.Duration) bool { time.Sleep(d); return true }
	in := shelf.Shelf{In: os.Stdin, Out: out, Queue: q, Say: say, Rest: rest}
	p := u.pump(q, in.Inward)
	in.News, in.Failed = p.News, p.Failed
	end := u.start(p)
	defer end()
	return in.Run()
}

// hold is where the courier gives up what it does not need: before it opens the queue, so that a
// damaged file meets a program that can do nothing else.
func hold(dir string) error {
	held, err := confine.Enter(sandbox.Courier(dir, os.Getpid()))
	if err != nil {
		return err
	}
	// Its namespaces are the starter's to see; it has no camera, and there are no frames in its memory.
	if missing := (held | layers.Spaces | layers.Locked | layers.Secret | layers.Room).Missing(); len(missing) > 0 {
		say(fmt.Sprintf("Skipped  confinement of the courier: no %s", strings.Join(missing, ", no ")))
	}
	return nil
}

func say(line string) { fmt.Fprintln(os.Stderr, "courier:", line) }
