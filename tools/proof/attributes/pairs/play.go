package pairs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"tellijn/hal/camera/sim"
	"tellijn/tools/proof/attributes/door"
)

const (
	// FirstSeed of the scenes; no setting was chosen on any of them.
	FirstSeed = 61_000_000
	// Seconds of a scene: nobody comes in the first three, and about three cross.
	Seconds = 15
)

// ErrNoPair says that two that should be a pair are not: other paths, or the same looks.
var ErrNoPair = errors.New("pairs: not the same walkers in other looks")

// Played holds what came of each scene, by group; nil is a group that was not played there.
type Played [][groups]*door.Seen

// worn are the groups that the scene number i is played in. Everything drawn anew is in all, every
// other kind of change in every second one, for the sake of time.
func worn(i int) []Group {
	if i%2 == 0 {
		return []Group{Drawn, Dark, Middle, Bright, Other}
	}
	return []Group{Drawn, Striped, Marked, DarkSkin, PaleSkin, Other}
}

// Play plays n scenes, each in about half of the groups. say hears of progress.
func Play(ctx context.Context, n int, say func(string)) (Played, error) {
	d, err := door.New()
	if err != nil {
		return nil, err
	}
	all := make(Played, n)
	var ready atomic.Int64
	err = door.Each(ctx, n, func(i int) error {
		if k := ready.Add(1); k%100 == 0 {
			say(fmt.Sprintf("attributes: scene %d of %d", k, n))
		}
		return scene(d, FirstSeed+uint64(i), worn(i), &all[i])
	})
	return all, err
}

// script is the scene of a seed: an ordinary door.
func script(seed uint64) sim.Script { return sim.Door(seed, sim.Nominal(), Seconds) }

// scene plays one seed in some groups, and holds that they are pairs.
func scene(d *door.Door, seed uint64, some []Group, all *[groups]*door.Seen) error {
	frames := map[uint32]Group{}
	for _, g := range some {
		seen, err := d.Play(script(seed), g.Dress(seed))
		if err != nil {
			return err
		}
		if !slices.Equal(seen.Truth, first(all, seen).Truth) {
			return fmt.Errorf("%w: seed %d: %s changes who crosses", ErrNoPair, seed, g)
		}
		if h, twice := frames[seen.Frames]; twice && len(seen.Truth) > 0 {
			return fmt.Errorf("%w: seed %d: %s looks like %s", ErrNoPair, seed, g, h)
		}
		frames[seen.Frames], all[g] = g, &seen
	}
	return nil
}

// first gives the first group that was played, or this.
func first(all *[groups]*door.Seen, this door.Seen) *door.Seen {
	for _, s := range all {
		if s != nil {
			return s
		}
	}
	return &this
}

// Same plays n scenes twice in the same looks, and gives how many were the same to the last bit of
// frames and records.
func Same(ctx context.Context, n int) (same int, err error) {
	d, err := door.New()
	if err != nil {
		return 0, err
	}
	var alike atomic.Int64
	err = door.Each(ctx, n, func(i int) error {
		seed := FirstSeed + uint64(i)
		var two [2]door.Seen
		for k := range two {
			var err error
			if two[k], err = d.Play(script(seed), Other.Dress(seed)); err != nil {
				return err
			}
		}
		if two[0].Frames == two[1].Frames && slices.EqualFunc(two[0].Records, two[1].Records, slices.Equal) {
			alike.Add(1)
		}
		return nil
	})
	return int(alike.Load()), err
}
