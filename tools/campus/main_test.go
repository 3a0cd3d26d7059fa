package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/campus/figures"
)

// TestCampus runs the command on the smallest campus. Whether its figures are reached there is luck;
// the table, the drawing and the verdict are not.
func TestCampus(t *testing.T) {
	name := filepath.Join(t.TempDir(), "campus.svg")
	var out, errs strings.Builder
	err := run([]string{"-rooms", "80", "-days", "9", "-seed", "3", "-svg", name}, &out, &errs)
	if err != nil && !errors.Is(err, errMissed) {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "MISSED") != errors.Is(err, errMissed) {
		t.Errorf("error %v does not go with what is printed", err)
	}
	for _, want := range []string{
		"80 rooms", "seed 3", "best threshold", "boosted trees", "one cleaner alone, within a day", "while somebody is inside",
		"used (5 or more) shown used, days", "Crossings neither published nor held", "5 together", "a round of 30 rooms", "doors apart *",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not printed", want)
		}
	}
	for _, want := range []string{"people come and go", "100 %  done"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("progress does not say %q", want)
		}
	}
	svg, err := os.ReadFile(name)
	if err != nil || !strings.HasPrefix(string(svg), "<svg") {
		t.Errorf("the drawing begins with %.20q; %v", svg, err)
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"-help"}, 0},
		{[]string{"-seeds", "3"}, 2},
		{[]string{"-seed", "-3"}, 2},
		{[]string{"400"}, 2},
		{[]string{"-rooms", "12"}, 1},
		{[]string{"-days", "3"}, 1},
	} {
		var out, errs strings.Builder
		if got := status(&errs, run(c.args, &out, &errs)); got != c.want {
			t.Errorf("%v: exit status %d, want %d", c.args, got, c.want)
		}
		if errs.Len() == 0 {
			t.Errorf("%v: nothing is said", c.args)
		}
	}
}

func TestCannotDraw(t *testing.T) {
	if err := draw(filepath.Join(t.TempDir(), "no", "folder"), &figures.Figures{}); err == nil {
		t.Error("a file in a folder that is not there is drawn to")
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
		says string
	}{
		{nil, 0, ""},
		{flag.ErrHelp, 0, ""},
		{fmt.Errorf("of figures: %w", errMissed), 1, ""},
		{errUsage, 2, "unknown arguments"},
		{errors.New("figures: broken"), 1, "campus: figures: broken"},
	} {
		var w strings.Builder
		if got := status(&w, c.err); got != c.want || !strings.Contains(w.String(), c.says) || (c.says == "") != (w.Len() == 0) {
			t.Errorf("%v: status %d, said %q", c.err, got, w.String())
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		missed []figures.Must
		says   string
	}{
		{nil, "All that must be reached is reached."},
		{[]figures.Must{{Name: "a share", Value: 0.012, Limit: 0.01, Share: true}}, "MISSED: a share: 1.20 %, want at most 1 %"},
		{[]figures.Must{{Name: "a mean", Value: 2.5, Limit: 2}}, "MISSED: a mean: 2.50, want at most 2"},
		{[]figures.Must{{Name: "used", Value: 0.98, Limit: 0.99, Share: true, Least: true}}, "MISSED: used: 98.00 %, want at least 99 %"},
	} {
		var w strings.Builder
		if met := verdict(&w, c.missed); met != (len(c.missed) == 0) || !strings.Contains(w.String(), c.says) {
			t.Errorf("said %q, met %v; want %q", w.String(), met, c.says)
		}
	}
}
