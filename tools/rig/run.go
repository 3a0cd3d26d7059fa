package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/report"
	"tellijn/tools/rig/report/about"
)

// series is one run of the bench.
type series struct {
	bench   bench.Bench
	book    *protocol.Book
	order   order
	out     io.Writer
	command string
}

// play runs scenarios, writes the report of what was run, and gives the verdict of all. What was not reached because
// somebody interrupted could not be run.
func (s series) play(ctx context.Context, chosen []*protocol.Scenario) (play.Verdict, error) {
	bound := make([][]protocol.Bound, len(chosen))
	var errs []error
	for i, c := range chosen { // before anything is switched on
		var err error
		bound[i], err = s.book.Bind(c)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return play.CouldNot, err
	}
	if err := os.MkdirAll(s.order.out, 0o755); err != nil {
		return play.CouldNot, fmt.Errorf("rig: %w", err)
	}
	a := about.Begin(ctx, s.bench.Kind(), ".", s.command)
	results, broken := s.all(ctx, chosen, bound)
	a.End(results, len(chosen))
	err := errors.Join(broken, table(s.out, results, len(chosen), a.Took), report.Write(s.order.out, a, results))
	fmt.Fprintf(s.out, "the report is %s\n", filepath.Join(s.order.out, report.Page))
	return report.Verdict(results, a.Missed), err
}

// all runs scenarios, as many beside each other as asked for: then those that take long come first, so that none is left
// over at the end. Results are in the order of chosen. The error says that the bench can do no more.
func (s series) all(ctx context.Context, chosen []*protocol.Scenario, bound [][]protocol.Bound) (results []play.Result, broken error) {
	turn := make([]int, len(chosen))
	for i := range turn {
		turn[i] = i
	}
	if s.order.jobs > 1 {
		slices.SortStableFunc(turn, func(a, b int) int { return cmp.Compare(chosen[b].Expect, chosen[a].Expect) })
	}
	done := make([]*play.Result, len(chosen))
	var mu sync.Mutex // of the output and of what is gathered
	play.Beside(s.order.jobs, len(turn), func(n int) bool {
		if ctx.Err() != nil {
			return false
		}
		i := turn[n]
		c := chosen[i]
		print := func(format string, args ...any) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(s.out, format, args...)
		}
		print("%s: %s (%d of %d, usually %s)\n", c.Name, c.Title, n+1, len(chosen), span(c.Expect))
		front := ""
		if s.order.jobs > 1 {
			front = c.Name + " "
		}
		r, err := play.Run(ctx, s.bench, c, bound[i], play.Options{Out: s.order.out, Say: func(l string) { print("%s%s\n", front, l) }})
		print("%s: %s, %.0f s\n%s\n", c.Name, r.Verdict, r.Took, reason(r))
		mu.Lock()
		defer mu.Unlock()
		done[i], broken = &r, errors.Join(broken, err)
		return err == nil
	})
	for _, r := range done {
		if r != nil {
			results = append(results, *r)
		}
	}
	return results, broken
}

func reason(r play.Result) string {
	if r.Reason == "" {
		return ""
	}
	return "  " + r.Reason + "\n"
}

// table says how each came out; clock is how many seconds all took.
func table(out io.Writer, results []play.Result, chosen int, clock float64) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "scenario\tboard\tverdict\ttook\tusually\tsteps")
	count := map[play.Verdict]int{}
	for _, r := range results {
		ran := 0
		for _, s := range r.Steps {
			if s.Ran {
				ran++
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.0f s\t%.0f s\t%d of %d\n", r.Scenario.Name, r.Scenario.Board, r.Verdict, r.Took, r.Scenario.Expect, ran, len(r.Steps))
		count[r.Verdict]++
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("rig: %w", err)
	}
	for _, r := range results {
		if r.Verdict != play.Green {
			fmt.Fprintf(out, "%s %s: %s\n", r.Verdict, r.Scenario.Name, r.Reason)
		}
	}
	_, err := fmt.Fprintf(out, "%d green, %d red, %d could not be run, %d not reached, in %s\n", count[play.Green], count[play.Red], count[play.CouldNot],
		chosen-len(results), span(time.Duration(clock*float64(time.Second))))
	return err
}
