// Day measures a day of whole devices that passes in minutes: what they write to flash at the block
// device, what they send and receive packet by packet, whether a busy and an empty day look the same from
// outside, and the memory of each program. The programs are the real ones, with a collector, over HTTPS; only
// the calendar is faster. It prints figures beside what they must be, and ends with 1 when one is missed.
//
//	go run ./tools/bench/day
//
// It needs Linux and root for the block device and the packets; without them it measures what is left. A
// connection is held open all day; one run has it cut every hour. A machine that is too busy makes
// intervals late and two of them go out together, which it then reports as a difference: try again, or
// with a larger -pace.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"tellijn/tools/bench/day/crowd"
	"tellijn/tools/bench/day/device"
)

func main() {
	pace := flag.Duration("pace", time.Second, "`time` that an interval of 15 minutes takes, 1s to 10s")
	seed := flag.Uint64("seed", 1, "of who walks through the door")
	keep := flag.String("dir", "", "keep what programs said in this new `directory`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	t := &table{w: os.Stdout}
	if err := run(ctx, t, *pace, *seed, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "day:", err)
		os.Exit(1)
	}
	if t.missed > 0 {
		fmt.Printf("\n%d figures are not what they must be.\n", t.missed)
		os.Exit(1)
	}
}

// week is what a device may hold back. While what piled up is sent time goes on, so it is cut off for a
// little less, or its oldest go, as they should.
const (
	week  = 7 * perDay
	spare = 40
)

// speed of the camera: enough for some people in each interval.
const speed = 5

// days are all that is measured.
type days struct {
	one, room   *device.Site
	busy, empty *crowd.Minute
}

func run(ctx context.Context, t *table, pace time.Duration, seed uint64, keep string) error {
	if pace < time.Second || pace > 10*time.Second {
		return fmt.Errorf("-pace %v, want 1s to 10s", pace)
	}
	dir, err := workplace(keep)
	if err != nil {
		return err
	}
	if keep == "" {
		defer os.RemoveAll(dir)
	}
	d, err := prepare(ctx, dir, seed)
	if err != nil {
		return err
	}
	compress := int(device.Interval / (speed * pace))
	day := scenario{site: d.one, speed: speed, compress: compress, intervals: perDay, seldom: true}
	with := func(name string, change func(s *scenario)) scenario {
		s := day
		s.name = name
		change(&s)
		return s
	}
	fmt.Printf("A day of %d intervals at %v each, seed %d, %s/%s, %d processors; three such days, one after the other.\n", perDay, pace, seed, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	got, err := together(ctx, dir,
		with("busy", func(s *scenario) { s.people = d.busy }),
		with("empty", func(s *scenario) { s.people = d.empty }),
		with("usual", func(s *scenario) { s.people, s.seldom, s.cut = d.busy, false, true }))
	if err != nil {
		return err
	}
	rooms, err := together(ctx, dir,
		with("room-busy", func(s *scenario) { s.site, s.people = d.room, d.busy }),
		with("room-empty", func(s *scenario) { s.site, s.people = d.room, d.empty }))
	if err != nil {
		return err
	}
	away, err := together(ctx, dir, with("week", func(s *scenario) {
		s.people, s.apart, s.intervals, s.compress = d.busy, true, week-spare, 10*compress
	}))
	if err != nil {
		return err
	}
	show(t, got, rooms, away[0])
	return nil
}

// show prints everything.
func show(t *table, got, rooms [][]measured, away []measured) {
	busy, empty, usual := &got[0][0], &got[1][0], &got[2][0]
	t.head("Written to flash in a day, ext4 with data=ordered,noatime,commit=900")
	t.flash("one door, busy", busy, perDay, true)
	t.flash("one door, empty", empty, perDay, true)
	t.flash("head of a room, busy", &rooms[0][0], perDay, true)
	t.flash("door of a room, busy", &rooms[0][1], perDay, true)
	t.head("The same with the journal committed every 5 s, as ext4 does unless told")
	t.flash("one door, busy", usual, perDay, false)
	t.head("On the network in a day, with the headers of TCP and IP on a link of 1500 bytes")
	t.traffic("one door, one connection, busy", busy, perDay)
	t.traffic("one door, one connection, empty", empty, perDay)
	t.traffic("one door, cut every hour", usual, perDay)
	t.traffic("head of a room", &rooms[0][0], perDay)
	t.traffic("door of a room", &rooms[0][1], perDay)
	t.head("A busy day and an empty one, from outside: TLS records put together from the packets")
	t.same("one door", busy, empty, true)
	t.same("head of a room", &rooms[0][0], &rooms[1][0], false)
	t.same("door of a room", &rooms[0][1], &rooms[1][1], false)
	t.memory("after a busy day", busy)
	t.memory("head of a room, after a busy day", &rooms[0][0])
	t.memory("after seven days without a network, all sent", &away[0])
	t.head("Nothing was lost on the way")
	t.queue("one door, busy", busy, perDay)
	t.queue("one door, empty", empty, perDay)
	t.queue("cut every hour", usual, perDay)
	t.queue("seven days away", &away[0], week-spare)
}

// workplace is a directory in memory where there is one: how long a disk takes is not measured.
func workplace(keep string) (string, error) {
	if keep != "" {
		return keep, os.Mkdir(keep, 0o700)
	}
	root := "/dev/shm"
	if _, err := os.Stat(root); err != nil {
		root = ""
	}
	return os.MkdirTemp(root, "tellijn-day-")
}

// prepare builds the programs, enrols the devices and draws the people.
func prepare(ctx context.Context, dir string, seed uint64) (d days, err error) {
	programs := filepath.Join(dir, "programs")
	if err := device.Build(ctx, programs); err != nil {
		return d, err
	}
	if d.one, err = device.Enrol(ctx, programs, filepath.Join(dir, "one"), "north-door"); err != nil {
		return d, err
	}
	if d.room, err = device.Enrol(ctx, programs, filepath.Join(dir, "room"), "north-door", "south-door"); err != nil {
		return d, err
	}
	if d.busy, err = crowd.Busy(seed); err != nil {
		return d, err
	}
	d.empty, err = crowd.Empty(seed)
	return d, err
}

// together runs scenarios at the same time, so that the machine is as busy for one as for the other.
func together(ctx context.Context, dir string, all ...scenario) (out [][]measured, err error) {
	out = make([][]measured, len(all))
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() {
			out[i], errs[i] = all[i].run(ctx, dir, func(line string) { fmt.Println(line) })
		})
	}
	wait.Wait()
	return out, errors.Join(errs...)
}
