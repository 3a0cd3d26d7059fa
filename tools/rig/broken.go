package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/mutants"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/report/about"
	"tellijn/tools/rig/report/broken"
	"tellijn/tools/rig/steps"
)

// breaks runs the mutants of the names behind the word "mutants", or all, and writes what became of them.
func breaks(ctx context.Context, b bench.Bench, o order, command string, all []*protocol.Scenario, out, log io.Writer) (play.Verdict, error) {
	if o.kind != "virtual" {
		return play.CouldNot, fmt.Errorf("rig: mutants on a %s bench: %w; their images are for emulated boards", o.kind, bench.ErrCannot)
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return play.CouldNot, fmt.Errorf("rig: %w", err)
	}
	a := about.Begin(ctx, o.kind, ".", command)
	done, err := mutants.Run(ctx, b, mutants.Options{Root: ".", Out: filepath.Join(o.out, "mutants"), Only: o.words[1:], Jobs: o.jobs, Scenarios: all, Steps: steps.All(), Log: log,
		Say: func(l string) { fmt.Fprintln(out, l) }})
	seen := 0
	for _, m := range done {
		fmt.Fprintln(out, m)
		if m.Seen {
			seen++
		}
	}
	fmt.Fprintf(out, "%d of %d mutants were seen\n", seen, len(done))
	a.End(nil, 0)
	if werr := broken.Write(o.out, a, done); werr == nil {
		fmt.Fprintf(out, "the report is %s\n", filepath.Join(o.out, broken.Page))
	} else {
		err = errors.Join(err, werr)
	}
	if err != nil {
		return play.CouldNot, err
	}
	return broken.Verdict(done), nil
}
