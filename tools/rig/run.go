package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/report"
	"tellijn/tools/rig/report/about"
)

// session is one run of the bench.
type session struct {
	bench   bench.Bench
	book    *protocol.Book
	order   order
	out     io.Writer
	command string
}

// play runs scenarios one after the other, writes the report of what was run, and gives the verdict of all. What was
// not reached because somebody interrupted could not be run.
func (s session) play(ctx context.Context, chosen []*protocol.Scenario) (play.Verdict, error) {
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
	began := time.Now()
	var results []play.Result
	var broken error
	for i, c := range chosen {
		if ctx.Err() != nil || broken != nil {
			break
		}
		fmt.Fprintf(s.out, "%s: %s (%d of %d, usually %s)\n", c.Name, c.Title, i+1, len(chosen), span(c.Expect))
		var r play.Result
		r, broken = play.Run(ctx, s.bench, c, bound[i], play.Options{Out: s.order.out, Say: func(l string) { fmt.Fprintln(s.out, l) }})
		results = append(results, r)
		fmt.Fprintf(s.out, "%s: %s, %.0f s\n%s\n", c.Name, r.Verdict, r.Took, reason(r))
	}
	a := about.Of(context.WithoutCancel(ctx), s.bench.Kind(), ".", s.command, began, results)
	err := errors.Join(broken, table(s.out, results, len(chosen)), report.Write(s.order.out, a, results))
	fmt.Fprintf(s.out, "the report is %s\n", filepath.Join(s.order.out, report.Page))
	return verdict(results, len(chosen)), err
}

func reason(r play.Result) string {
	if r.Reason == "" {
		return ""
	}
	return "  " + r.Reason + "\n"
}

// verdict is that of all: red if one is, green if all are.
func verdict(results []play.Result, chosen int) play.Verdict {
	v := play.Green
	if len(results) < chosen {
		v = play.CouldNot
	}
	for _, r := range results {
		if r.Verdict == play.Red || v == play.Green {
			v = r.Verdict
		}
	}
	return v
}

// table says how each came out.
func table(out io.Writer, results []play.Result, chosen int) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "scenario\tboard\tverdict\ttook\tusually\tsteps")
	count := map[play.Verdict]int{}
	took := 0.0
	for _, r := range results {
		ran := 0
		for _, s := range r.Steps {
			if s.Ran {
				ran++
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.0f s\t%.0f s\t%d of %d\n", r.Scenario.Name, r.Scenario.Board, r.Verdict, r.Took, r.Scenario.Expect, ran, len(r.Steps))
		count[r.Verdict]++
		took += r.Took
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
		chosen-len(results), span(time.Duration(took*float64(time.Second))))
	return err
}
