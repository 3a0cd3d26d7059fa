// Package run carries out the checks of the proof, says what goes on, and takes no result on trust:
// one without a figure, without a reason or about no promise is a fault of its check. It judges
// nothing. It stands outside the data path, between tools/proof and the checks.
package run

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/promises"
)

// Outcome is what one check gave: results, or the reason why it could not run.
type Outcome struct {
	Check   string
	Results []claim.Result
	Err     error
	Took    time.Duration
}

// again is how often it says what still runs.
const again = 15 * time.Second

// most checks run side by side: many of them use more than one processor by themselves.
const most = 4

// All runs the checks: side by side those that do not mind, then, one at a time, those that want to
// be alone. The outcomes are in the order of the checks. say is called from one goroutine at a time.
func All(ctx context.Context, b *bench.Bench, checks []claim.Check, say func(string)) []Outcome {
	s := &stage{start: time.Now(), say: say, running: map[string]time.Time{}, total: len(checks)}
	said := b.Say
	b.Say = s.line
	defer func() { b.Say = said }()
	over := make(chan struct{})
	defer close(over)
	go s.remind(over)

	outcomes := make([]Outcome, len(checks))
	places := make(chan struct{}, min(most, runtime.NumCPU()))
	var together sync.WaitGroup
	for i, c := range checks {
		if !c.Alone {
			places <- struct{}{} // here, so that they begin in order
			together.Go(func() {
				outcomes[i] = s.one(ctx, b, c)
				<-places
			})
		}
	}
	together.Wait()
	for i, c := range checks {
		if c.Alone {
			outcomes[i] = s.one(ctx, b, c)
		}
	}
	unique(outcomes)
	return outcomes
}

// stage is what is going on.
type stage struct {
	mu      sync.Mutex
	start   time.Time
	say     func(string)
	running map[string]time.Time
	done    int
	total   int
}

// line says something with the time since the start.
func (s *stage) line(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(text)
}

func (s *stage) tell(text string) {
	t := time.Since(s.start).Round(time.Second)
	s.say(fmt.Sprintf("%2d:%02d  %s", int(t.Minutes()), int(t.Seconds())%60, text))
}

// remind says from time to time what still runs, for how long.
func (s *stage) remind(over chan struct{}) {
	tick := time.NewTicker(again)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
		}
		s.mu.Lock()
		for name, since := range s.running {
			if t := time.Since(since); t >= again {
				s.tell(fmt.Sprintf("%s: still running, %v so far", name, t.Round(time.Second)))
			}
		}
		s.mu.Unlock()
	}
}

// one runs one check.
func (s *stage) one(ctx context.Context, b *bench.Bench, c claim.Check) Outcome {
	o := Outcome{Check: c.Name}
	start := time.Now()
	s.mu.Lock()
	s.running[c.Name] = start
	s.tell(c.Name + " ...")
	s.mu.Unlock()
	o.Results, o.Err = safely(ctx, b, c)
	if err := ctx.Err(); err != nil && o.Err == nil {
		o.Err = fmt.Errorf("stopped before it was over: %w", err)
	}
	if o.Err == nil {
		o.Err = sound(o.Results)
	}
	for i := range o.Results {
		if o.Results[i].Command == "" {
			o.Results[i].Command = "go run ./tools/proof -only " + quoted(c.Name)
		}
	}
	o.Took = time.Since(start)
	s.mu.Lock()
	delete(s.running, c.Name)
	s.done++
	s.tell(fmt.Sprintf("%s: %s, in %v (%d of %d)", c.Name, o.summary(), o.Took.Round(100*time.Millisecond), s.done, s.total))
	s.mu.Unlock()
	return o
}

// quoted is a name as a shell takes it.
func quoted(name string) string {
	if strings.ContainsAny(name, " '\"$&|;()<>*") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

// safely turns a panic of a check into an error: the other checks go on.
func safely(ctx context.Context, b *bench.Bench, c claim.Check) (r []claim.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the check itself failed: %v", p)
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("not begun: %w", err)
	}
	return c.Run(ctx, b)
}

// summary counts the results.
func (o *Outcome) summary() string {
	if o.Err != nil {
		return "could not run"
	}
	n := map[claim.Verdict]int{}
	for _, r := range o.Results {
		n[r.Verdict]++
	}
	var words []string
	for _, v := range []claim.Verdict{claim.Held, claim.Short, claim.NotShown} {
		if n[v] > 0 {
			words = append(words, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	return strings.Join(words, ", ")
}

// sound gives the first fault of a check's results.
func sound(results []claim.Result) error {
	if len(results) == 0 {
		return errors.New("a fault of the check: it gave no results")
	}
	for _, r := range results {
		if what := fault(&r); what != "" {
			return fmt.Errorf("a fault of the check: result %q %s", r.Name, what)
		}
	}
	return nil
}

// fault says what a result lacks.
func fault(r *claim.Result) string {
	switch {
	case r.Name == "":
		return "has no name"
	case r.Measured == "":
		return "does not say what was measured"
	case r.Verdict != claim.Held && r.Verdict != claim.Short && r.Verdict != claim.NotShown:
		return "has no verdict"
	case r.Verdict != claim.NotShown && strings.TrimSpace(r.Figure) == "":
		return "has a verdict without a figure"
	case r.Verdict != claim.Held && r.Why == "":
		return "does not say why"
	case len(r.Promises) == 0:
		return "speaks to no promise"
	}
	for _, n := range r.Promises {
		if n < 1 || n > promises.Count {
			return fmt.Sprintf("speaks to promise %d, and there are 1 to %d", n, promises.Count)
		}
	}
	return ""
}

// unique finds results of one name: one of them would pass for the other.
func unique(outcomes []Outcome) {
	by := map[string]string{}
	for i := range outcomes {
		o := &outcomes[i]
		for _, r := range o.Results {
			if was, ok := by[r.Name]; ok && o.Err == nil {
				o.Err = fmt.Errorf("a fault of the check: result %q is also one of %q", r.Name, was)
			}
			by[r.Name] = o.Check
		}
	}
}
