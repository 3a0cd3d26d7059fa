// The warden starts eye and courier, holds the eye to its orders, makes records of what it counts
// and hands them to the courier. It has no network and no camera. It is two processes of this one
// program: the starter, which a person starts and which may start programs, and the core, which
// does the work and may start nothing (firmware/warden/starter). It runs as an ordinary program: on
// a computer it is started by tools/try, on a board it will be the first process.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are the flags. Both halves have the same ones.
type options struct {
	board, config, dir, eye, courier string
	driver, device                   string
	seed                             uint64
	seconds                          uint
	speed                            int
	interval                         time.Duration
	feed, view                       int
	manifest                         bool
}

// flags reads the flags.
func flags(name string, args []string) (*options, *flag.FlagSet) {
	var o options
	f := flag.NewFlagSet(name, flag.ExitOnError)
	f.StringVar(&o.board, "board", "", "`name` of the board, such as sim")
	f.StringVar(&o.config, "config", "", "configuration `file` of this device (TOML)")
	f.StringVar(&o.dir, "dir", "", "`directory` of the queue")
	f.StringVar(&o.eye, "eye", "", "`path` of the eye's program")
	f.StringVar(&o.courier, "courier", "", "`path` of the courier's program")
	f.StringVar(&o.driver, "driver", "", "camera `driver` instead of the board's: v4l2, sim or clip")
	f.StringVar(&o.device, "device", "", "`path` of the camera for the driver v4l2")
	f.Uint64Var(&o.seed, "seed", 1, "what the drawn camera plays")
	f.UintVar(&o.seconds, "seconds", 0, "how long the drawn camera plays; 0 for no end")
	f.IntVar(&o.speed, "speed", 0, "of the clock against the world; not on real boards")
	f.DurationVar(&o.interval, "interval", 0, "length of a record instead of the board's")
	f.IntVar(&o.feed, "feed", 0, "`descriptor` with the frames of a clip; not on real boards")
	f.IntVar(&o.view, "view", 0, "`descriptor` to show states on; not on real boards")
	f.BoolVar(&o.manifest, "manifest", false, "print what the warden's core may do, and end")
	_ = f.Parse(args) // ends the program if they are wrong
	return &o, f
}

func main() {
	signal.Ignore(syscall.SIGPIPE)
	code, err := 0, error(nil)
	if len(os.Args) > 1 && os.Args[1] == coreArg {
		o, _ := flags("warden", os.Args[2:])
		err = core(o)
	} else {
		code, err = start(flags("warden", os.Args[1:]))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "warden:", strings.TrimPrefix(err.Error(), "warden: "))
		code = max(code, 1)
	}
	os.Exit(code)
}
