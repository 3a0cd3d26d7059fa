package run

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

func good() claim.Result {
	return claim.Result{Promises: []int{4}, Name: "n", Measured: "m", Figure: "0 of 3", Verdict: claim.Held}
}

// giving is a check that gives fixed results.
func giving(name string, err error, results ...claim.Result) claim.Check {
	return claim.Check{Name: name, Run: func(context.Context, *bench.Bench) ([]claim.Result, error) { return results, err }}
}

func TestFaultsOfChecks(t *testing.T) {
	change := func(f func(r *claim.Result)) claim.Result {
		r := good()
		f(&r)
		return r
	}
	for want, c := range map[string]claim.Check{
		"":                     giving("a", nil, good()),
		"no results":           giving("a", nil),
		"the wire is cut":      giving("a", errors.New("the wire is cut"), good()),
		"verdict without":      giving("a", nil, change(func(r *claim.Result) { r.Figure = "  " })),
		"no verdict":           giving("a", nil, good(), change(func(r *claim.Result) { r.Verdict = 0 })),
		"no name":              giving("a", nil, change(func(r *claim.Result) { r.Name = "" })),
		"what was measured":    giving("a", nil, change(func(r *claim.Result) { r.Measured = "" })),
		"not say why":          giving("a", nil, change(func(r *claim.Result) { r.Verdict, r.Figure = claim.NotShown, "" })),
		"speaks to no promise": giving("a", nil, change(func(r *claim.Result) { r.Promises = nil })),
		"promise 89":           giving("a", nil, change(func(r *claim.Result) { r.Promises = []int{1, 89} })),
		"promise 0":            giving("a", nil, change(func(r *claim.Result) { r.Promises = []int{0} })),
		"is also one of":       giving("a", nil, good(), good()),
		"itself failed": {Name: "a", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
			panic("index out of range")
		}},
	} {
		o := All(t.Context(), &bench.Bench{}, []claim.Check{c}, func(string) {})[0]
		if want == "" && o.Err != nil || want != "" && (o.Err == nil || !strings.Contains(o.Err.Error(), want)) {
			t.Errorf("want %q, got %v", want, o.Err)
		}
	}
}

func TestOrderAndProgress(t *testing.T) {
	var lines []string
	r1, r2 := good(), good()
	r2.Name, r2.Command = "n2", "go test ./x"
	first := claim.Check{Name: "first one", Run: func(_ context.Context, b *bench.Bench) ([]claim.Result, error) {
		b.Say("half of it")
		return []claim.Result{r1}, nil
	}}
	got := All(t.Context(), &bench.Bench{}, []claim.Check{first, giving("second", nil, r2)}, func(s string) { lines = append(lines, s) })
	if len(got) != 2 || got[0].Check != "first one" || got[1].Check != "second" {
		t.Fatalf("outcomes %v", got)
	}
	if c := got[0].Results[0].Command; c != "go run ./tools/proof -only 'first one'" {
		t.Errorf("command %q", c)
	}
	if c := got[1].Results[0].Command; c != "go test ./x" {
		t.Errorf("command %q", c)
	}
	all := strings.Join(lines, "\n")
	for _, want := range []string{" 0:00  first one ...", " 0:00  half of it", "first one: 1 held, in ", "(2 of 2)"} {
		if !strings.Contains(all, want) {
			t.Errorf("progress lacks %q:\n%s", want, all)
		}
	}
}

// Nothing runs beside a check that is alone.
func TestAlone(t *testing.T) {
	var now, most, ran atomic.Int32
	check := func(name string, alone bool) claim.Check {
		return claim.Check{Name: name, Alone: alone, Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
			n := now.Add(1)
			ran.Add(1)
			if alone {
				most.Store(max(most.Load(), n))
			}
			time.Sleep(10 * time.Millisecond)
			now.Add(-1)
			r := good()
			r.Name = name
			return []claim.Result{r}, nil
		}}
	}
	All(t.Context(), &bench.Bench{}, []claim.Check{check("a", true), check("b", false), check("c", true), check("d", false)}, func(string) {})
	if most.Load() != 1 || ran.Load() != 4 {
		t.Errorf("%d checks ran, up to %d beside one that is alone", ran.Load(), most.Load()-1)
	}
}

func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	first := claim.Check{Name: "a", Alone: true, Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
		stop()
		return []claim.Result{good()}, nil
	}}
	second := giving("b", nil, good())
	second.Alone = true
	for _, o := range All(ctx, &bench.Bench{}, []claim.Check{first, second}, func(string) {}) {
		if !errors.Is(o.Err, context.Canceled) {
			t.Errorf("%s: error %v, want that it was stopped", o.Check, o.Err)
		}
	}
}
