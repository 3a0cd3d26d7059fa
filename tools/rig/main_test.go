package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/report"
	"tellijn/tools/rig/scenarios"
)

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		v    play.Verdict
		err  error
		want int
	}{
		{play.Green, nil, 0}, {play.Red, nil, 1}, {play.CouldNot, nil, 2}, {play.Green, errors.New("no report"), 2},
		{play.Red, errors.New("no report"), 1}, {play.CouldNot, fmt.Errorf("x: %w", errUsage), 2}, {play.CouldNot, flag.ErrHelp, 0},
	} {
		if got := status(c.v, c.err); got != c.want {
			t.Errorf("%v, %v: %d, want %d", c.v, c.err, got, c.want)
		}
	}
}

// TestWords calls it in ways that run nothing.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		args []string
		out  string // in what it prints, or in the error
		want int
	}{
		{[]string{"list"}, "boots-virt", 0},
		{[]string{"-tag", "short", "list"}, "power-cut", 0},
		{[]string{"-bench", "real", "list"}, "Never tried on real hardware", 0},
		{[]string{"steps"}, "check the records verify\n        everything", 0},
		{[]string{"-help"}, "sentences", 0},
		{nil, "want list, steps", 2},
		{[]string{"no-such"}, `no scenario "no-such"`, 2},
		{[]string{"[", "list"}, "syntax error", 2},
		{[]string{"-bench", "paper", "list"}, `bench "paper"`, 2},
		{[]string{"-image", "virt", "list"}, "want BOARD=FILE", 2},
		{[]string{"-tag", "no-such", "all"}, `has the tag "no-such"`, 2},
		{[]string{"-no-such"}, "not defined", 2},
		{[]string{"-j", "0", "list"}, "-j 0", 2},
		{[]string{"-bench", "real", "-j", "2", "list"}, "want 1, or more on a virtual bench", 2},
		{[]string{"-bench", "real", "-desk", "nowhere.toml", "boots-virt"}, "nowhere.toml", 2},
	} {
		var out bytes.Buffer
		v, err := run(t.Context(), c.args, &out, &out)
		if err != nil {
			fmt.Fprint(&out, err)
		}
		if got := status(v, err); got != c.want || !strings.Contains(out.String(), c.out) {
			t.Errorf("%q: %d, want %d with %q in\n%s", c.args, got, c.want, c.out, out.String())
		}
	}
	var out bytes.Buffer
	if _, err := run(t.Context(), []string{"-tag", "button", "list"}, &out, io.Discard); err != nil || strings.Contains(out.String(), "boots-virt") || !strings.Contains(out.String(), "button-touched") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestChoose(t *testing.T) {
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]func(*protocol.Scenario) bool{
		"all":                   func(*protocol.Scenario) bool { return true },
		"short":                 func(s *protocol.Scenario) bool { return s.Tagged("short") },
		"boots-virt boots-*":    func(s *protocol.Scenario) bool { return strings.HasPrefix(s.Name, "boots-") },
		"power-cut boots-rpi-5": func(s *protocol.Scenario) bool { return s.Name == "power-cut" || s.Name == "boots-rpi-5" },
	} {
		chosen, err := choose(all, order{words: strings.Fields(words)})
		n := 0
		for _, s := range all {
			if want(s) {
				if n >= len(chosen) || chosen[n] != s {
					t.Fatalf("%s: %s is not number %d", words, s.Name, n+1)
				}
				n++
			}
		}
		if err != nil || n == 0 || len(chosen) != n {
			t.Errorf("%s: %d, want %d; %v", words, len(chosen), n, err)
		}
	}
}

// small are three scenarios of one sentence each, and the book for them.
func small(t *testing.T, names ...string) (all []*protocol.Scenario, book *protocol.Book, do map[string]func() error) {
	t.Helper()
	do = map[string]func() error{}
	var steps []bench.Step
	for _, name := range names {
		s, err := protocol.Parse(name, "title T of "+name+"\nwhy W\nboard virt\nexpect 1 s\n\ncheck "+name+"\n")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
		do[name] = func() error { return nil }
		steps = append(steps, bench.Step{Pattern: "check " + name, Doc: "does it", Check: true, Do: func(context.Context, *bench.Scene, bench.Args) (string, error) {
			return "seen", do[name]()
		}})
	}
	book, err := protocol.NewBook(steps)
	if err != nil {
		t.Fatal(err)
	}
	return all, book, do
}

func TestSeries(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	red, cannot := func() error { return errors.New("oh") }, func() error { return bench.ErrCannot }
	for _, c := range []struct {
		name    string
		a, b    func() error
		want    play.Verdict
		reached int
		last    string
	}{
		{"all green", nil, nil, play.Green, 3, "3 green, 0 red, 0 could not be run, 0 not reached"},
		{"one red", red, nil, play.Red, 3, "red a: line 6, check a: oh; seen: seen"},
		{"one could not", nil, cannot, play.CouldNot, 3, "2 green, 0 red, 1 could not be run, 0 not reached"},
		{"red, then could not", red, cannot, play.Red, 3, "1 green, 1 red, 1 could not be run, 0 not reached"},
		{"could not, then red", cannot, red, play.Red, 3, "1 green, 1 red, 1 could not be run, 0 not reached"},
		{"interrupted", nil, func() error { stop(); return context.Canceled }, play.CouldNot, 2, "1 green, 0 red, 1 could not be run, 1 not reached"},
		{"interrupted before", nil, nil, play.CouldNot, 0, "0 green, 0 red, 0 could not be run, 3 not reached"},
	} {
		all, book, do := small(t, "a", "b", "c")
		if c.a != nil {
			do["a"] = c.a
		}
		if c.b != nil {
			do["b"] = c.b
		}
		var out bytes.Buffer
		dir := filepath.Join(t.TempDir(), "deep", "er")
		s := series{&benchtest.Bench{Rig: benchtest.New()}, book, order{out: dir}, &out, "go run ./tools/rig all"}
		v, err := s.play(ctx, all)
		if err != nil || v != c.want || !strings.Contains(out.String(), c.last) {
			t.Errorf("%s: %v, %v, want %v with %q in\n%s", c.name, v, err, c.want, c.last, out.String())
		}
		r, err := report.Read(filepath.Join(dir, report.Whole))
		if err != nil || len(r.Results) != c.reached {
			t.Errorf("%s: %d results in the report, want %d; %v", c.name, len(r.Results), c.reached, err)
		}
		if st, err := os.Stat(filepath.Join(dir, report.Page)); err != nil || st.Size() == 0 {
			t.Errorf("%s: no page: %v", c.name, err)
		}
	}
	all, book, _ := small(t, "a", "b", "c") // beside each other: the report is in the same order
	var out bytes.Buffer
	dir := t.TempDir()
	v, err := series{&benchtest.Bench{Rig: benchtest.New()}, book, order{out: dir, jobs: 3}, &out, ""}.play(t.Context(), all)
	r, rerr := report.Read(filepath.Join(dir, report.Whole))
	if v != play.Green || err != nil || rerr != nil || len(r.Results) != 3 || r.Results[1].Scenario.Name != "b" {
		t.Errorf("%v, %v, %v\n%s", v, err, rerr, out.String())
	}
	for line := range strings.Lines(out.String()) {
		if i := strings.Index(line, "> check "); i >= 0 && line[0] != line[i+len("> check ")] {
			t.Errorf("whose line is it: %s", line)
		}
	}
	all, _, _ = small(t, "a")
	_, other, _ := small(t, "b")
	s := series{&benchtest.Bench{Rig: benchtest.New()}, other, order{out: t.TempDir()}, io.Discard, ""}
	if v, err := s.play(t.Context(), all); v != play.CouldNot || !errors.Is(err, protocol.ErrInvalid) {
		t.Errorf("a sentence that is none: %v, %v", v, err)
	}
}
