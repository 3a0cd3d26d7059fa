// Package link lets the same walkers pass two devices and tries to find out, from what the wardens know,
// who at the one was who at the other, even from exact counts. Times and names of the devices are given away; walkers are
// the same in what they wear, the one thing a camera could know them by. It stands outside the data
// path, behind tools/proof/attributes/door.
package link

import (
	"context"
	"errors"
	"fmt"

	"tellijn/firmware/warden/book"
	"tellijn/hal/camera/sim"
	"tellijn/hal/camera/sim/look"
	"tellijn/tools/proof/attributes/door"
)

const (
	// Walkers of one run; a power of two, so that every swap is among them.
	Walkers = 8
	// FirstSeed of device A; device B has those from SecondSeed on.
	FirstSeed, SecondSeed = 62_000_000, 63_000_000
	// apart is the time between two walkers in ms: that of an interval in the door's calendar, so that
	// each interval holds one of them.
	apart = 10_000
)

// ErrScene says that a run did not come out as one walker an interval.
var ErrScene = errors.New("link: not one walker in each interval")

// Run is one group of walkers at both devices.
type Run struct {
	// A has them in order. B has them in another order; Same has the paths and times of B, and
	// everybody in the order of A.
	A, B, Same door.Seen
	// Swap says how: walker n of A is walker n XOR Swap of B.
	Swap int
}

// Play plays n runs.
func Play(ctx context.Context, n int) ([]Run, error) {
	all := make([]Run, n)
	err := door.Each(ctx, n, func(i int) (err error) {
		all[i], err = play(i)
		return err
	})
	return all, err
}

// play plays one run.
func play(i int) (Run, error) {
	r := Run{Swap: 1 + i%(Walkers-1)}
	a, err := door.New()
	if err != nil {
		return r, err
	}
	b := *a
	b.Boot = [16]byte{2}
	a.Board.Device, b.Board.Device = "device-a", "device-b"
	dress := sim.Dress{Seed: uint64(i), Clothes: look.Greys{Least: 25, Most: 230},
		Skin: look.Greys{Least: 45, Most: 215}, Stripes: 50, Symbols: 50}
	swapped := dress
	swapped.Swap = uint32(r.Swap)
	for _, p := range []struct {
		d    *door.Door
		seed uint64
		sim.Dress
		to *door.Seen
	}{{a, FirstSeed, dress, &r.A}, {&b, SecondSeed, swapped, &r.B}, {&b, SecondSeed, dress, &r.Same}} {
		if *p.to, err = p.d.Play(script(p.seed+uint64(i)), p.Dress); err != nil {
			return r, err
		}
		if n := len(p.to.Truth); n != Walkers {
			return r, fmt.Errorf("%w: run %d: %d crossings, want %d", ErrScene, i, n, Walkers)
		}
	}
	if r.B.Frames == r.Same.Frames {
		return r, fmt.Errorf("%w: run %d: another order looks the same", ErrScene, i)
	}
	return r, nil
}

// script lets one after the other cross an ordinary door, alone.
func script(seed uint64) sim.Script {
	k := sim.Nominal()
	k.Pairs, k.Follows, k.Passes, k.Turns, k.Hovers, k.Stands = 0, 0, 0, 0, 0, 0
	k.GapLeast, k.GapMost = apart, apart
	return sim.Door(seed, k, Walkers*apart/1000+4)
}

// Named are what may differ between devices or follow from others, with the reason.
func Named() []string {
	return []string{"device, boot, firmware, previous, signature: they name the device",
		"lifetime: how busy the machine was"}
}

// Fields gives all of an interval but what Named has, one a line: exact, as no record ever says it. What is
// released says less, so who cannot tell walkers apart by this cannot by records.
func Fields(c *book.Closed) []string {
	all := []string{fmt.Sprint("lines ", c.Lines), fmt.Sprint("inside ", c.Inside), fmt.Sprint("cycles ", c.Cycles),
		fmt.Sprint("expected ", c.Expected), fmt.Sprint("dropped ", c.Dropped), fmt.Sprint("damaged ", c.Damaged)}
	for bit := range 32 {
		all = append(all, fmt.Sprint("quality ", bit, ": ", c.Quality>>bit&1))
	}
	return all
}

// Differ tells how many intervals of B there are, and how many of them, and of their fields, differ when
// only the looks of its walkers are exchanged.
func (r *Run) Differ() (intervals, differ, count int, err error) {
	if len(r.B.Intervals) != len(r.Same.Intervals) {
		return 0, 0, 0, fmt.Errorf("%w: %d intervals, or %d", ErrScene, len(r.B.Intervals), len(r.Same.Intervals))
	}
	for i := range r.B.Intervals {
		intervals++
		if n := unlike(Fields(&r.B.Intervals[i]), Fields(&r.Same.Intervals[i])); n > 0 {
			differ++
			count += n
		}
	}
	return intervals, differ, count, nil
}

// unlike counts the fields in which two differ.
func unlike(x, y []string) (n int) {
	for i := range x {
		if x[i] != y[i] {
			n++
		}
	}
	return n
}
