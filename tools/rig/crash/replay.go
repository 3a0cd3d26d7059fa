// Package crash looks at cards that a power cut could have left (tools/rig/crash/states): whether the file system
// repairs itself, ledger and queue open and pass their checks, and every record and log entry that anybody ever knew of
// is in the collector or still on the device, once, with the counts that it came from. It changes copies only. It is
// for the rig, outside the data path.
package crash

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"tellijn/boards/card"
	"tellijn/tools/rig/crash/states"
)

// Found is what was found of one state.
type Found struct {
	State   states.State
	Err     error // nil for a good one
	Floor   Floor // what it had
	Risk    int   // writes that were not flushed
	Marks   states.Marks
	Records int // the collector had
	// Aside says that the super block is torn: the device sets the file system aside and takes over its files.
	Aside bool
}

// Result is what was found of all.
type Result struct {
	Figures states.Figures
	Found   []Found // as the run went
	Took    time.Duration
}

// Good is how many states were good.
func (r *Result) Good() (n int) {
	for _, f := range r.Found {
		if f.Err == nil {
			n++
		}
	}
	return n
}

// Bad gives the first states that were not.
func (r *Result) Bad(most int) (all []Found) {
	for _, f := range r.Found {
		if f.Err != nil && len(all) < most {
			all = append(all, f)
		}
	}
	return all
}

// Lossy is how many states lacked something that had been written.
func (r *Result) Lossy() (n int) {
	for _, f := range r.Found {
		if len(f.State.Lost)+len(f.State.Torn) > 0 {
			n++
		}
	}
	return n
}

// Aside is how many of the good ones have a torn super block.
func (r *Result) Aside() (n int) {
	for _, f := range r.Found {
		if f.Err == nil && f.Aside {
			n++
		}
	}
	return n
}

// Replay looks at states, which rise in what was found. First come those behind a flush with nothing lost, since they say what the others may not
// go behind. The error is one of looking, not of a state.
func Replay(ctx context.Context, r *states.Run, all []states.State) (*Result, error) {
	if err := Need(); err != nil {
		return nil, err
	}
	began := time.Now()
	res := &Result{Figures: r.Figures()}
	byPlace := func(a, b states.State) int { return a.At - b.At }
	all, first, firm := slices.Clone(all), []states.State{}, map[int]bool{}
	for _, s := range all {
		if at := r.Firm(s.At); at > 0 && !firm[at] {
			firm[at] = true
			first = append(first, states.State{At: at, How: states.Prefix})
		}
	}
	slices.SortStableFunc(first, byPlace)
	slices.SortStableFunc(all, byPlace)
	floors := map[int]Floor{}
	found, err := each(ctx, r, first, floors)
	if err != nil {
		return nil, err
	}
	last := Floor{}
	for _, f := range found {
		if f.Err == nil {
			f.Err = f.Floor.behind(last)
		}
		if f.Err == nil {
			last = f.Floor
		} else {
			res.Found = append(res.Found, f) // it is the same card as another, but nothing may stay unsaid
		}
		floors[f.State.At] = last
	}
	if found, err = each(ctx, r, all, floors); err != nil {
		return nil, err
	}
	res.Found = append(res.Found, found...)
	slices.SortStableFunc(res.Found, func(a, b Found) int { return a.State.At - b.State.At })
	res.Took = time.Since(began)
	return res, nil
}

// each looks at states that rise, on all processors.
func each(ctx context.Context, r *states.Run, all []states.State, floors map[int]Floor) ([]Found, error) {
	found, workers := make([]Found, len(all)), max(runtime.GOMAXPROCS(0), 1)
	errs := make([]error, workers)
	var done sync.WaitGroup
	for w := range workers {
		done.Add(1)
		go func() {
			defer done.Done()
			from, to := len(all)*w/workers, len(all)*(w+1)/workers
			errs[w] = part(ctx, r, all[from:to], found[from:to], floors)
		}()
	}
	done.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// part looks at one state after the other.
func part(ctx context.Context, r *states.Run, all []states.State, found []Found, floors map[int]Floor) error {
	dir, err := os.MkdirTemp(scratch(), "crash")
	if err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	defer os.RemoveAll(dir)
	b := r.Builder()
	for i, s := range all {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("crash: %w", err)
		}
		records, _ := r.Known(s.At)
		f := Found{State: s, Risk: len(r.Risk(s.At)), Records: len(records), Marks: r.Marks(s)}
		d, err := examine(r, b, s, dir)
		if d != nil && err == nil {
			f.Floor, f.Aside = d.floor(), d.Aside
			err = f.Floor.behind(floors[r.Firm(s.At)])
		}
		f.Err = err
		found[i] = f
	}
	return nil
}

// examine makes a state in dir and looks at it.
func examine(r *states.Run, b *states.Builder, s states.State, dir string) (*Device, error) {
	image, files := filepath.Join(dir, "data.img"), filepath.Join(dir, "files")
	if err := errors.Join(os.RemoveAll(files), os.RemoveAll(image), os.MkdirAll(files, 0o700)); err != nil {
		return nil, fmt.Errorf("crash: %w", err)
	}
	if err := b.Build(s).File(image, card.DataSize); err != nil {
		return nil, err
	}
	records, entries := r.Known(s.At)
	d, err := look(image, files, r.Super())
	if err != nil {
		return nil, err
	}
	return d, d.judge(records, entries)
}

// Examine looks at one state and gives what the card says.
func Examine(r *states.Run, s states.State) (*Device, error) {
	dir, err := os.MkdirTemp(scratch(), "crash")
	if err != nil {
		return nil, fmt.Errorf("crash: %w", err)
	}
	defer os.RemoveAll(dir)
	return examine(r, r.Builder(), s, dir)
}

// scratch is a folder in memory where there is one: a state is read once.
func scratch() string {
	const memory = "/dev/shm"
	if st, err := os.Stat(memory); err == nil && st.IsDir() {
		return memory
	}
	return ""
}
