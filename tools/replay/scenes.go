package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"tellijn/hal/camera/sim/knobs"
	"tellijn/tools/replay/sweep"
	"tellijn/tools/replay/term"
)

// picture is how simulated scenes are drawn.
func (o *options) picture() sweep.Picture {
	p := sweep.Small()
	p.Width, p.Height = o.size.w, o.size.h
	return p
}

// chooseSeed takes a fresh seed unless one was given, so that nothing can be tuned to it.
func (o *options) chooseSeed() uint64 {
	if o.seed == 0 {
		o.seed = rand.Uint64N(1 << 32)
	}
	return o.seed
}

// runScenes counts scenes of an ordinary door and scenes that nobody crosses.
func (o *options) runScenes(out, errs *os.File) error {
	seed, p, progress := o.chooseSeed(), o.picture(), term.New(errs)
	fmt.Fprintf(out, "scenes of %dx%d %v, first seed %d; -seed %[4]d repeats them\n", p.Width, p.Height, p.Pixel, seed)
	start := time.Now()
	if o.scenes > 0 {
		sum, seeds, err := sweep.Door(p, seed, o.scenes, o.parallel, func(all int, sum sweep.Wrong) {
			progress.Show("door: %d of %d crossings, %.2f%% right", sum.True, all, sum.Right())
		})
		progress.Clear()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "door: %d scenes, %d true crossings, %d missed, %d false: %.2f%% right\n", seeds, sum.True, sum.Missed, sum.False, sum.Right())
	}
	if o.quiet > 0 {
		all, err := sweep.Silent(p, seed, o.quiet, o.parallel, func(name string, ready, all int) {
			progress.Show("%s: scene %d of %d", name, ready, all)
		})
		progress.Clear()
		if err != nil {
			return err
		}
		for _, q := range all {
			in := "alone"
			if q.Nominal {
				in = "in a nominal door, with sun and trolleys"
			}
			fmt.Fprintf(out, "%-12s %d scenes in which nobody crosses, %s: %d false crossings", q.Name+":", q.Scenes, in, q.False)
			if len(q.Failed) > 0 {
				fmt.Fprintf(out, " in %d scenes, seeds %v", len(q.Failed), q.Failed)
			}
			fmt.Fprintln(out)
		}
	}
	fmt.Fprintf(out, "%.1f s\n", time.Since(start).Seconds())
	return nil
}

// runKnobs counts scenes with one knob turned at a time, and draws what came of it.
func (o *options) runKnobs(out, errs *os.File) error {
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	seed, p, progress := o.chooseSeed(), o.picture(), term.New(errs)
	start := time.Now()
	curves, err := sweep.Knobs(o.ranges(), p, seed, o.seeds, o.parallel, func(name string, ready, all int) {
		left := time.Duration(float64(time.Since(start)) / float64(ready) * float64(all-ready))
		progress.Show("%s: scene %d of %d, about %v left", name, ready, all, left.Round(time.Second))
	})
	progress.Clear()
	if err != nil {
		return err
	}
	f := sweep.Figures{Picture: fmt.Sprintf("%dx%d %v", p.Width, p.Height, p.Pixel), FirstSeed: seed,
		Seeds: o.seeds, Seconds: 120, Knobs: curves}
	for _, c := range curves {
		fmt.Fprintf(out, "%-14s", c.Name)
		for _, v := range c.Points {
			if v.True == 0 {
				fmt.Fprintf(out, " %d:%d false", v.Value, v.False)
				continue
			}
			fmt.Fprintf(out, " %d:%.1f%%", v.Value, 100-v.Right())
		}
		fmt.Fprintln(out)
	}
	figures, plot := filepath.Join(o.out, "knobs.json"), filepath.Join(o.out, "knobs.svg")
	if err := write(figures, f.JSON); err != nil {
		return err
	}
	if err := write(plot, f.SVG); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s and %s, %.0f s\n", plot, figures, time.Since(start).Seconds())
	return nil
}

// ranges of the knobs that were asked for; all without -only.
func (o *options) ranges() []knobs.Range {
	all := knobs.Sweep()
	if o.only == "" {
		return all
	}
	for _, r := range all {
		if r.Name == o.only {
			return []knobs.Range{r}
		}
	}
	return nil // refused by check
}
