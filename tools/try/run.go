package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"tellijn/firmware/view"
	"tellijn/privacy/record"
	"tellijn/tools/collector/report"
	"tellijn/tools/try/house"
	"tellijn/tools/try/page"
	"tellijn/tools/try/player"
)

// run is a house while it is shown.
type run struct {
	o     *options
	h     *house.House
	hub   *page.Hub
	clip  *player.Clip
	t     *terminal
	place *time.Location

	mu     sync.Mutex
	made   []made
	status map[string]report.Standing
}

// made is the newest record of a door, and how many there are.
type made struct {
	records uint64
	newest  record.Record
}

// stepOf is k of the small-count rule, as the doors are configured.
const stepOf = 3

// lookEvery is how often the collector is asked what it has.
const lookEvery = 300 * time.Millisecond

// watch shows everything until it ends, and ends it in order.
func (r *run) watch(ctx context.Context, pressed <-chan rune) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if r.o.duration > 0 {
		defer time.AfterFunc(r.o.duration, cancel).Stop()
	}
	bad := make(chan error, len(r.h.Doors)) // what a door said that cannot be
	played := make(chan error, 1)
	if r.clip != nil {
		r.t.about("playing", fmt.Sprintf("%s, %v at ordinary speed", r.o.clip, r.clip.Length().Round(100*time.Millisecond)))
		go func() { played <- r.clip.Play(r.h.Doors[0].Feed) }()
	}
	var shown sync.WaitGroup
	for i, d := range r.h.Doors {
		shown.Go(func() {
			if err := r.follow(i, d.View); err != nil {
				bad <- err
			}
		})
	}
	over := make(chan struct{}) // no door counts any more
	go func() {
		for _, d := range r.h.Doors {
			<-d.Done()
		}
		close(over)
	}()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var failed error
	for running := true; running; {
		select {
		case <-ctx.Done():
			running = false
		case key := <-pressed:
			running = r.press(key)
		case failed = <-r.h.Died():
			running = false
		case failed = <-bad:
			running = false
		case err := <-played:
			if err != nil {
				r.t.about("clip", err.Error())
			}
		case <-ticker.C:
			r.look(ctx)
		case <-over:
			over, running = nil, r.clip != nil && !r.o.quit
			if running {
				r.hub.End()
				r.t.say("The clip has ended. The page stays until Ctrl-C.")
			}
		}
	}
	return errors.Join(failed, r.end(&shown))
}

// press does what a key asks for, and tells whether to go on.
func (r *run) press(key rune) bool {
	switch key {
	case 'n':
		r.plug(!r.h.Wire.Pulled())
	case 'q':
		return false
	}
	return true
}

// plug pulls the network out or puts it back.
func (r *run) plug(out bool) {
	if r.h.Wire.Pulled() == out {
		return
	}
	switch err := r.h.Wire.Pull(out); {
	case err != nil:
		r.t.about("network", "Failed   "+err.Error())
	case out:
		r.t.about("network", "out: nothing leaves, counting goes on")
	default:
		r.t.about("network", "in again: what waited goes out, oldest first")
	}
	r.show()
}

// follow hands one warden's messages to page and terminal.
func (r *run) follow(n int, from io.Reader) error {
	for {
		m, err := view.Read(from)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if m.Record != nil {
			if err := r.note(n, m.Record); err != nil {
				return err
			}
		}
		r.hub.From(n, m, time.Now())
		r.t.show(r.line())
	}
}

// note checks a record with the device's public key, as anybody can, and remembers what it says.
func (r *run) note(n int, signed []byte) error {
	d := r.h.Doors[n]
	rec, err := record.Open(d.Key, signed)
	if err != nil {
		return fmt.Errorf("%s made a record that is not signed with its key: %w", d.Name, err)
	}
	r.mu.Lock()
	r.made[n] = made{uint64(rec.Sequence) + 1, rec}
	r.mu.Unlock()
	r.t.walls(d.Name, &rec)
	return nil
}

// look asks the collector what it has, and shows it.
func (r *run) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	status, err := r.h.Status(ctx)
	if err != nil {
		return // it says so itself, or has ended
	}
	r.mu.Lock()
	r.status = status
	r.mu.Unlock()
	r.show()
}
