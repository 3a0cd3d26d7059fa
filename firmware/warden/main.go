// The warden starts eye and courier, holds the eye to its orders, makes records of what it counts
// and hands them to the courier. It has no network and no camera. It runs as an ordinary program:
// on a computer it is started by tools/try, on a board it will be the first process.
package main

import (
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/watch"
	"tellijn/hal/clock"
)

// options are the flags.
type options struct {
	board, config, dir, eye, courier string
	driver, device                   string
	seed                             uint64
	seconds                          uint
	speed                            int
	interval                         time.Duration
	feed, view                       int
}

func main() {
	var o options
	flag.StringVar(&o.board, "board", "", "`name` of the board, such as sim")
	flag.StringVar(&o.config, "config", "", "configuration `file` of this device (TOML)")
	flag.StringVar(&o.dir, "dir", "", "`directory` of the queue")
	flag.StringVar(&o.eye, "eye", "", "`path` of the eye's program")
	flag.StringVar(&o.courier, "courier", "", "`path` of the courier's program")
	flag.StringVar(&o.driver, "driver", "", "camera `driver` instead of the board's: v4l2, sim or clip")
	flag.StringVar(&o.device, "device", "", "`path` of the camera for the driver v4l2")
	flag.Uint64Var(&o.seed, "seed", 1, "what the drawn camera plays")
	flag.UintVar(&o.seconds, "seconds", 0, "how long the drawn camera plays; 0 for no end")
	flag.IntVar(&o.speed, "speed", 0, "of the clock against the world; not on real boards")
	flag.DurationVar(&o.interval, "interval", 0, "length of a record instead of the board's")
	flag.IntVar(&o.feed, "feed", 0, "`descriptor` with the frames of a clip; not on real boards")
	flag.IntVar(&o.view, "view", 0, "`descriptor` to show states on; not on real boards")
	flag.Parse()
	if err := run(&o); err != nil {
		fmt.Fprintln(os.Stderr, "warden:", strings.TrimPrefix(err.Error(), "warden: "))
		os.Exit(1)
	}
}

func run(o *options) error {
	signal.Ignore(syscall.SIGPIPE)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	b, err := board(o)
	if err != nil {
		return err
	}
	s := watch.Setup{Board: b, Stop: stop, Say: printer(), Play: play(o, &b)}
	if s.Clock, err = clock.Open(b.Speed, b.Kind.Pretended()); err != nil {
		return err
	}
	for _, p := range []struct {
		to         *string
		from, flag string
	}{{&s.Eye, o.eye, "eye"}, {&s.Courier, o.courier, "courier"}, {&s.Dir, o.dir, "dir"}} {
		if p.from == "" {
			return fmt.Errorf("-%s is missing; go run ./tools/try starts everything with the right flags", p.flag)
		}
		if *p.to, err = filepath.Abs(p.from); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	if s.Feed, s.View, err = pipes(o, &b); err != nil {
		return err
	}
	if _, err := rand.Read(s.Boot[:]); err != nil {
		return err
	}
	w, err := watch.New(s)
	if err != nil {
		return err
	}
	s.Say(fmt.Sprintf("Loaded   board: %s", b.Title))
	s.Say("Skipped  confinement: not built yet, the eye has the rights of its user")
	s.Say("Skipped  small-count rule and signature: not built yet, so records are exact and stay here")
	s.Say("Skipped  upload: not built yet, nothing is sent anywhere")
	return w.Run()
}

// board is the board with the configuration and the flags laid over it.
func board(o *options) (boards.Board, error) {
	b, err := boards.Lookup(o.board)
	if err != nil {
		return b, err
	}
	if o.config != "" {
		if err := config.Load(o.config, &b); err != nil {
			return b, err
		}
	}
	switch o.driver {
	case "":
	case "v4l2", "sim", "clip":
		b.Driver, b.Path = o.driver, ""
	default:
		return b, fmt.Errorf("-driver %q, want v4l2, sim or clip", o.driver)
	}
	if o.device != "" {
		b.Path = o.device
	}
	if o.speed != 0 {
		b.Speed = o.speed
	}
	if o.interval != 0 {
		b.Interval = o.interval
	}
	return b, nil
}

// play is what a drawn camera shows.
func play(o *options, b *boards.Board) orders.Scripted {
	if b.Driver != "sim" {
		return orders.Scripted{}
	}
	return orders.Scripted{Seed: o.seed, Seconds: uint32(o.seconds)}
}

// pipes takes over the descriptors that the caller handed down.
func pipes(o *options, b *boards.Board) (feed, view *os.File, err error) {
	if (o.feed != 0 || o.view != 0) && !b.Kind.Pretended() {
		return nil, nil, fmt.Errorf("-feed and -view are not for %s: a real board takes no clips and shows nothing", b.Name)
	}
	if (b.Driver == "clip") != (o.feed != 0) {
		return nil, nil, fmt.Errorf("-driver clip and -feed go together; go run ./tools/try -clip FILE does it")
	}
	for _, p := range []struct {
		fd   int
		name string
		to   **os.File
	}{{o.feed, "feed", &feed}, {o.view, "view", &view}} {
		if p.fd == 0 {
			continue
		}
		if p.fd < 3 {
			return nil, nil, fmt.Errorf("-%s %d, want a descriptor from 3 on", p.name, p.fd)
		}
		syscall.CloseOnExec(p.fd)
		*p.to = os.NewFile(uintptr(p.fd), p.name)
	}
	return feed, view, nil
}

// printer prints whole lines from any goroutine, and a line that only repeats itself once.
func printer() func(string) {
	var mu sync.Mutex
	last := ""
	return func(line string) {
		mu.Lock()
		defer mu.Unlock()
		if line != last {
			fmt.Println(line)
		}
		last = line
	}
}
