// The dialer makes the connections of the device, to the one address with which the starter starts it,
// and hands them to the courier, which has no network. It has no records, no keys and no files but
// those by which names are found, and never reads or writes a byte of a connection.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"tellijn/firmware/dialer/line"
	"tellijn/firmware/dialer/reach"
	"tellijn/firmware/dialer/serve"
	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

func main() {
	address := flag.String("address", "", "host:port of the collector")
	manifest := flag.Bool("manifest", false, "print what the dialer may do, and end")
	flag.Parse()
	if *manifest {
		m := sandbox.Dialer(sandbox.Calling{Port: 443, Named: true, Files: []string{"(the files of the resolver)"}}, 1)
		fmt.Print(m.Text())
		return
	}
	// The starter says when to end.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	if err := run(*address); err != nil {
		say(err.Error())
		os.Exit(1)
	}
}

func run(address string) error {
	target, err := reach.Parse(address)
	if err != nil {
		return err
	}
	if flag.NArg() != 0 {
		return errors.New("words that are no flags; the starter starts the dialer, not a person")
	}
	files := target.Look()
	if err := hold(target, files); err != nil {
		return err
	}
	if err := syscall.SetNonblock(line.DialerFd, true); err != nil { // as the starter makes it
		return fmt.Errorf("no line on descriptor %d: %w; the starter starts the dialer, not a person", line.DialerFd, err)
	}
	began := time.Now()
	s := serve.Service{Line: os.NewFile(line.DialerFd, "line"), Connect: target.Connect, Fresh: files.Fresh,
		Since: func() time.Duration { return time.Since(began) }, Rest: time.Sleep}
	return s.Run()
}

// hold is where the dialer gives up what it does not need, before the first request.
func hold(t reach.Target, f *reach.Files) error {
	held, err := confine.Enter(sandbox.Dialer(sandbox.Calling{Port: t.Port, Named: t.Named, Files: f.There()}, os.Getpid()))
	if err != nil {
		return err
	}
	// Its namespaces are the starter's to see; it has no camera, and there are no frames in its memory.
	if missing := (held | layers.Spaces | layers.Locked | layers.Secret | layers.Room).Missing(); len(missing) > 0 {
		say(fmt.Sprintf("Skipped  confinement of the dialer: no %s", strings.Join(missing, ", no ")))
	}
	return nil
}

func say(line string) { fmt.Fprintln(os.Stderr, "dialer:", line) }
