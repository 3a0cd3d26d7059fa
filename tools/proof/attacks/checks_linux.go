package attacks

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"tellijn/tools/proof/attacks/hidden"
	"tellijn/tools/proof/attacks/outward"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// command repeats what the checks say.
const command = "go run ./tools/proof -only attacks"

// least is how many attacks there must be of each kind. Half of those that somebody has to stop must
// work where nothing holds them, so that stopping them says something.
func least(by Stop) int { return map[Stop]int{Kernel: 55, Warden: 11, Opening: 25, Settling: 35}[by] }

// Checks are the attacks, all in one.
func Checks() []claim.Check {
	return []claim.Check{{Name: "attacks", Run: func(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
		all, err := Run(ctx, b)
		if err != nil {
			return nil, err
		}
		beyond, err := outward.Run(ctx, b)
		if err != nil {
			return nil, err
		}
		return []claim.Result{judge(all, Kernel), judge(all, Opening), judge(all, Settling), judge(all, Warden), hidden.Result(command),
			outward.Judge(beyond, outward.Courier, command), outward.Judge(beyond, outward.Dialer, command)}, nil
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

// sum is how the attacks went that somebody has to stop.
type sum struct {
	n, fired, worked, held int
	controls, live         int      // what nobody may stop, and what nobody did stop
	open                   []string // what was not as wanted
	refused                []string // made, and refused where nothing holds them
	idle                   []string // and by the same error where something does
}

// sums adds up.
func sums(all []Outcome, by Stop) (s sum) {
	for _, o := range all {
		wrong := !o.Held || !o.Fired
		switch {
		case o.By != by:
			continue
		case o.Control:
			s.controls++
			if !wrong {
				s.live++
			}
		case o.Idle:
			s.idle, wrong = append(s.idle, o.Words+" ("+o.No.Error()+")"), false
		default:
			s.n++
			s.fired += count(o.Fired)
			s.worked += count(o.Worked)
			s.held += count(o.Held)
			if o.Fired && !o.Worked {
				s.refused = append(s.refused, o.Words+" ("+o.No.Error()+")")
			}
		}
		if wrong {
			s.open = append(s.open, fmt.Sprintf("%s (free: %s; confined: %s)", o.Words, o.Free, o.How))
		}
	}
	return s
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// judge sums up the attacks that somebody has to stop.
func judge(all []Outcome, by Stop) claim.Result {
	s := sums(all, by)
	r := claim.Result{Promises: []int{28, 31, 64}, Name: "Attacks that the kernel has to stop", Command: command,
		Measured: "an eye that was taken over tries, while it counts, what an eye may not: files, network, other programs, memory, words; and with a descriptor " +
			"that stands in for a camera the requests of one which it may not make (those on a real camera are tried on the emulated board)",
		Verdict: claim.Judge(s.held == s.n && s.fired == s.n && s.n >= least(by) && s.worked*2 >= s.n && s.live == s.controls && s.controls > 0)}
	switch by {
	case Warden:
		r.Promises, r.Name = []int{1, 5, 28, 31}, "Attacks that the warden has to stop"
		r.Measured = "an eye that was taken over lies in its tallies, sends too many of them, or keeps a frame in its hands"
	case Opening:
		r.Name = "An eye taken over while it opens its camera"
		r.Measured = "before the camera is open, with wider walls, an eye that was taken over tries the same; it is ended at the call, or refused for want of rights"
	case Settling:
		r.Name = "An eye taken over while its camera settles"
		r.Measured = "the camera is open, frames come, and nothing is counted yet: an eye that was taken over tries the same, and to say pixels; " +
			"it is ended at the call, or refused for want of rights"
	}
	r.Figure = fmt.Sprintf("%d of %d stopped; %d were made, and %d do what they want where nothing holds them; %d of %d allowed requests passed",
		s.held, s.n, s.fired, s.worked, s.live, s.controls)
	if len(s.refused) > 0 {
		r.Figure += fmt.Sprintf("; %d are refused there too: %s", len(s.refused), strings.Join(s.refused, ", "))
	}
	if len(s.idle) > 0 {
		r.Figure += fmt.Sprintf("; %d show nothing on this machine: %s", len(s.idle), strings.Join(s.idle, ", "))
	}
	if r.Verdict == claim.Short {
		r.Why = fmt.Sprintf("want all stopped, all made, at least %d of them, and what is allowed not stopped; not so: %s", least(by), strings.Join(s.open, "; "))
	}
	return r
}
