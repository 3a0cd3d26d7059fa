package main

import (
	"flag"
	"fmt"
	"math"
	"syscall"

	"tellijn/boards"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/calendar"
)

// options are the flags. Both halves have the same ones.
type options struct {
	board, config, approval, dir, eye, courier, dialer string
	driver, device, keys                               string
	// address is where records go, host:port, from the configuration; "" sends none. Only the starter
	// has it.
	address            string
	seed               uint64
	seconds, sign      uint
	speed, compress    int
	feed, view, world  int
	manifest, identity bool
}

// flags reads the flags.
func flags(name string, args []string) (*options, *flag.FlagSet) {
	var o options
	f := flag.NewFlagSet(name, flag.ExitOnError)
	f.StringVar(&o.board, "board", "", "`name` of the board, such as sim")
	f.StringVar(&o.config, "config", "", "configuration `file` of this device (TOML)")
	f.StringVar(&o.approval, "approval", "", "signed approval of this device (`file`), without which a real camera gets no power")
	f.StringVar(&o.dir, "dir", "", "`directory` of this device, with a folder for the warden and one for the courier")
	f.StringVar(&o.eye, "eye", "", "`path` of the eye's program")
	f.StringVar(&o.courier, "courier", "", "`path` of the courier's program")
	f.StringVar(&o.dialer, "dialer", "", "`path` of the dialer's program, for a configuration with an address")
	f.StringVar(&o.keys, "keys", "", "take the keys of this `file` for the device, unless it has others, and end")
	f.StringVar(&o.driver, "driver", "", "camera `driver` instead of the board's: v4l2, sim or clip")
	f.StringVar(&o.device, "device", "", "`path` of the camera for the driver v4l2")
	f.Uint64Var(&o.seed, "seed", 1, "what the drawn camera plays")
	f.UintVar(&o.seconds, "seconds", 0, "how long the drawn camera plays; 0 for no end")
	f.IntVar(&o.speed, "speed", 0, "of the clock against the world; not on real boards")
	f.IntVar(&o.compress, "compress", 0, "seconds of the calendar to one of the camera, 0 for the board's; not on real boards")
	f.IntVar(&o.feed, "feed", 0, "`descriptor` with the frames of a clip; not on real boards")
	f.IntVar(&o.view, "view", 0, "`descriptor` to show states on; not on real boards")
	f.IntVar(&o.world, "world", 0, "`descriptor` from which the calendar is shifted; not on real boards")
	f.UintVar(&o.sign, "sign", 0, "show on the lamp only that nothing counts, 3 or 6 `flashes`, until somebody ends it")
	f.BoolVar(&o.identity, "identity", false, "print name and public keys of this device, which are made if there are none, and end")
	f.BoolVar(&o.manifest, "manifest", false, "print what the warden's core may do, and end")
	_ = f.Parse(args) // ends the program if they are wrong
	return &o, f
}

// check refuses what flags ask of a board that it must not do, and values that nothing has room for.
// It comes before anything is opened or started, and each error names the flag.
func (o *options) check(b *boards.Board) error {
	counts := !b.Kind.Pretended()
	switch {
	case counts && (o.feed != 0 || o.view != 0 || o.world != 0):
		return fmt.Errorf("-feed, -view and -world are not for %s: a real board takes no clips, shows nothing, and has the time of the world", b.Name)
	case counts && o.driver != "" && o.driver != "v4l2":
		return fmt.Errorf("-driver %s is not for %s: a real board has real cameras only", o.driver, b.Name)
	case counts && o.speed > 1:
		return fmt.Errorf("-speed %d is not for %s: records of a real door carry the time of the world", o.speed, b.Name)
	case o.speed < 0 || o.speed > boards.MaxSpeed:
		return fmt.Errorf("-speed %d, want 1 to %d", o.speed, boards.MaxSpeed)
	case counts && o.compress > 1:
		return fmt.Errorf("-compress %d is not for %s: records of a real door carry the time of the world", o.compress, b.Name)
	case o.compress < 0 || o.compress > calendar.MaxFactor:
		return fmt.Errorf("-compress %d, want 1 to %d", o.compress, calendar.MaxFactor)
	case o.seconds > orders.MaxSeconds:
		return fmt.Errorf("-seconds %d, at most %d, a week; 0 plays without end", o.seconds, orders.MaxSeconds)
	}
	return nil
}

// factor is how many seconds of the calendar one of the camera is.
func (o *options) factor(b *boards.Board) int {
	if o.compress != 0 {
		return o.compress
	}
	return max(b.Compress, 1)
}

// handed tells whether whoever started this handed that descriptor down. It must be asked before this
// program opens anything by itself, or that would be taken for it.
func handed(name string, fd int) error {
	if fd < 3 || fd > math.MaxInt32 {
		return fmt.Errorf("-%s %d, want a descriptor from 3 on", name, fd)
	}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return fmt.Errorf("-%s %d: %w; it wants a descriptor that whoever starts the warden has opened", name, fd, err)
	}
	return nil
}
