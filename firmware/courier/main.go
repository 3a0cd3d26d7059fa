// The courier keeps records on disk. It reads them from descriptor 0, where the warden writes, and
// gives receipts on descriptor 3. It has no camera, no network and no key; its one directory holds
// the queue. When the warden hangs up it stores what it has and ends.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/courier/shelf"
	"tellijn/firmware/queue"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

func main() {
	dir := flag.String("dir", "", "directory of the queue")
	manifest := flag.Bool("manifest", false, "print what the courier may do, and end")
	flag.Parse()
	if *manifest {
		fmt.Print(sandbox.Courier("(the directory of its queue)", 1).Text())
		return
	}
	// Ctrl-C reaches every program of the terminal; the warden says when to end.
	// A terminal that closed is no reason to stop storing.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	if err := run(*dir); err != nil {
		say(err.Error())
		os.Exit(1)
	}
}

func run(dir string) error {
	if dir == "" || flag.NArg() != 0 {
		return fmt.Errorf("no directory; the warden starts the courier with -dir, not a person")
	}
	if err := hold(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, "queue.db")
	q, err := queue.Open(path, queue.Options{})
	if err != nil {
		return err
	}
	defer q.Close()
	if q.Aside != "" {
		say(fmt.Sprintf("the queue was damaged and a new one is started; the old file is kept as %s (%v)", q.Aside, q.Why))
	}
	s := shelf.Shelf{In: os.Stdin, Out: os.NewFile(3, "receipts"), Queue: q, Say: say,
		Rest: func(d time.Duration) bool { time.Sleep(d); return true }}
	return s.Run()
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
