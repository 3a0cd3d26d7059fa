package attacks

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// least is how many attacks there must be. Half of those that somebody has to stop must work where nothing
// holds them, so that stopping them says something.
const least = 30

// Checks are the attacks, all in one.
func Checks() []claim.Check {
	return []claim.Check{{Name: "attacks", Run: func(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
		all, err := Run(ctx, b)
		if err != nil {
			return nil, err
		}
		return []claim.Result{judge(all, Kernel), judge(all, Warden), capacity()}, nil
	}}}
}

// Run makes all attacks, some at a time.
func Run(ctx context.Context, b *bench.Bench) ([]Outcome, error) {
	eye, warden, courier, err := Build(ctx, b)
	if err != nil {
		return nil, err
	}
	list := All()
	out, errs := make([]Outcome, len(list)), make([]error, len(list))
	room := make(chan struct{}, 2*runtime.NumCPU()) // most of the time they wait
	var all sync.WaitGroup
	for i, a := range list {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			out[i], errs[i] = Try(ctx, a, eye, warden, courier, b.Dir)
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("attacks: %s: %w", list[i].Name, err)
		}
	}
	return out, nil
}

// judge sums up the attacks that somebody has to stop.
func judge(all []Outcome, by Stop) claim.Result {
	n, fired, worked, held := 0, 0, 0, 0
	var open []string
	for _, o := range all {
		if o.By != by {
			continue
		}
		n++
		if o.Fired {
			fired++
		}
		if o.Worked {
			worked++
		}
		if o.Held {
			held++
		}
		if !o.Held || !o.Fired {
			open = append(open, fmt.Sprintf("%s (free: %s; confined: %s)", o.Words, o.Free, o.How))
		}
	}
	r := claim.Result{Promises: []int{28, 31, 64}, Name: "Attacks that the kernel has to stop", Command: command,
		Measured: "an eye that was taken over tries what an eye may not: files, network, other programs, memory, words, the camera's other requests",
		Verdict:  claim.Judge(held == n && fired == n && len(all) >= least && worked*2 >= n && n > 0)}
	if by == Warden {
		r.Promises, r.Name = []int{1, 5, 28, 31}, "Attacks that the warden has to stop"
		r.Measured = "an eye that was taken over lies in its tallies, sends too many of them, or keeps a frame in its hands"
	}
	r.Figure = fmt.Sprintf("%d of %d stopped; all %d were made, and %d do what they want where nothing holds them", held, n, fired, worked)
	if r.Verdict == claim.Short {
		r.Why = "want all stopped, and all made; not so: " + strings.Join(open, "; ")
	}
	return r
}
