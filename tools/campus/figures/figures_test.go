package figures

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// The small campus of the tests. On it figures scatter about three times as wide as on the full one,
// so two and a half standard errors are forgiven where a figure hangs on luck.
const (
	fewRooms, fewDays = 100, 12
	forgiven          = 2.5
)

func run(t *testing.T, seed uint64) Figures {
	t.Helper()
	f, err := Run(seed, fewRooms, fewDays, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestReached is the whole: attackers find raw counts and do not find what the device publishes,
// and the counts are good for something.
func TestReached(t *testing.T) {
	if race {
		t.Skip("a campus takes minutes with the race detector; tools/proof/leaving runs a smaller one")
	}
	for _, seed := range []uint64{1, 2} {
		f := run(t, seed)
		for _, m := range f.Missed(forgiven) {
			t.Errorf("seed %d: %s is %v ± %v, want %v", seed, m.Name, m.Value, m.Error, m.Limit)
		}
		ours, raw, drop, noise := f.Row(Ours), f.Row(Raw), f.Row(Threshold), f.Row(Laplace)
		if raw.Use.Occupied.Mean > ours.Use.Occupied.Mean || ours.Use.Occupied.Mean > drop.Use.Occupied.Mean {
			t.Errorf("seed %d: occupancy errors of raw %v, ours %v, threshold %v", seed,
				raw.Use.Occupied.Mean, ours.Use.Occupied.Mean, drop.Use.Occupied.Mean)
		}
		if drop.Lost == 0 || noise.Lost == 0 || raw.Lost != 0 || ours.Week.Lines != fewRooms {
			t.Errorf("seed %d: lost by threshold %d, noise %d, raw %d; %d weeks of lines", seed, drop.Lost, noise.Lost, raw.Lost, ours.Week.Lines)
		}
		if v := noise.Boosted.Value() - 3*noise.Boosted.Error(); v < 0.03 {
			t.Errorf("seed %d: boosted trees gain %v on noise of epsilon 1, want more than they may gain on ours", seed, noise.Boosted.Value())
		}
		if f.Alone.Seen.Day <= ours.Seen.Day || f.Alone.Use.Occupied.Mean <= ours.Use.Occupied.Mean {
			t.Errorf("seed %d: each door alone is no weaker than doors that are summed", seed)
		}
		if k := ours.Week; k.Off < 10 || k.Off > 60 || k.Held > 75 || k.Most > k.Mean {
			t.Errorf("seed %d: pairs of a week do not come out as they should: %+v", seed, k)
		}
		weakness(t, &f)
		pictured(t, &f)
	}
}

// weakness: what is said to be weak is weak, and what is not is not.
func weakness(t *testing.T, f *Figures) {
	t.Helper()
	w := f.Weak
	for _, g := range w.Groups {
		if g.Tried < 200 || g.People < 3 && g.Seen > 0.01 || g.People >= 5 && g.Seen < 0.9 {
			t.Errorf("seed %d: %+v", f.Seed, g)
		}
	}
	if w.Crowded.Tried == 0 || w.Quiet.Tried < 8*w.Crowded.Tried || w.Crowded.Seen <= w.Quiet.Seen {
		t.Errorf("seed %d: alone among many %+v, among few %+v", f.Seed, w.Crowded, w.Quiet)
	}
	all := w.Crowded.Tried + w.Quiet.Tried
	shown := (w.Crowded.Seen*float64(w.Crowded.Tried) + w.Quiet.Seen*float64(w.Quiet.Tried)) / float64(all)
	if got := f.Row(Ours).Lone; math.Abs(got.Day-shown) > 1e-9 || got.Visits != all {
		t.Errorf("seed %d: of visits alone %.5f show, among many and few together %.5f", f.Seed, got.Day, shown)
	}
}

// pictured: there is a week of two rooms for all rules.
func pictured(t *testing.T, f *Figures) {
	t.Helper()
	if len(f.Examples) != 2 {
		t.Fatalf("seed %d: %d examples", f.Seed, len(f.Examples))
	}
	for _, e := range f.Examples {
		for _, name := range []string{Raw, Ours, Threshold, Laplace} {
			if len(e.Guess[name]) != len(e.Inside) || len(e.Inside) != 5*world.PerDay {
				t.Errorf("seed %d: %s: %d intervals of %s, want five days", f.Seed, e.What, len(e.Guess[name]), name)
			}
		}
	}
}

// TestSeedDecides runs the smallest campus there is, twice, and listens to what it says.
func TestSeedDecides(t *testing.T) {
	last, calls := -1.0, 0
	a, err := Run(5, MinRooms, 8, func(done float64, what string) {
		if done <= last || done > 1 || what == "" {
			t.Errorf("%v %q after %v", done, what, last)
		}
		last = done
		calls++
	})
	if err != nil || last != 1 || calls < 6 {
		t.Fatalf("%d times told, at last %v; error %v", calls, last, err)
	}
	if b, err := Run(5, MinRooms, 8, nil); err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("the same seed gives other figures; error %v", err)
	}
	if c, err := Run(6, MinRooms, 8, nil); err != nil || reflect.DeepEqual(a.Rows, c.Rows) {
		t.Errorf("another seed gives the same figures; error %v", err)
	}
	for _, e := range a.Examples {
		if len(e.Inside) != world.PerDay { // the second week has one day
			t.Errorf("%s: %d intervals", e.What, len(e.Inside))
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct{ rooms, days int }{{79, 30}, {400, 7}, {5000, 30}} {
		if _, err := Run(1, c.rooms, c.days, nil); err == nil || !strings.HasPrefix(err.Error(), "figures: ") {
			t.Errorf("%d rooms, %d days: error %v", c.rooms, c.days, err)
		}
	}
}

// TestLosesNothing: a rule that promises to keep crossings and does not is an error, not a figure.
func TestLosesNothing(t *testing.T) {
	c, err := world.Build(1, 80, 8)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (trial{name: "a liar", rule: publish.Threshold(5), keeps: true}).run(c); err == nil {
		t.Error("a threshold keeps all crossings")
	}
	if _, err := (trial{name: "honest", rule: publish.Threshold(5)}).run(c); err != nil {
		t.Error(err)
	}
}

func TestMusts(t *testing.T) {
	good := Row{
		Name: Ours, Threshold: attack.Advantage{Visits: 1, Empty: 1}, Boosted: attack.Advantage{Visits: 1, Empty: 1},
	}
	good.Use.UsedDays, good.Use.Used = 1, 1
	raw := Row{Name: Raw, Threshold: attack.Advantage{Visits: 1, Empty: 1, Found: 1}, Boosted: attack.Advantage{Visits: 1, Empty: 1, Found: 1}}
	raw.Lone.Hour = 1
	for name, spoil := range map[string]func(f *Figures, r *Row){
		"":                                     func(*Figures, *Row) {},
		"advantage of the best threshold":      func(_ *Figures, r *Row) { r.Threshold = attack.Advantage{Visits: 1e6, Empty: 1, Found: 11_000} },
		"advantage of boosted trees":           func(_ *Figures, r *Row) { r.Boosted = attack.Advantage{Visits: 1e6, Empty: 1, Found: 31_000} },
		"a visit alone shows within an hour":   func(_ *Figures, r *Row) { r.Lone.Hour = 0.011 },
		"a visit alone shows within a day":     func(_ *Figures, r *Row) { r.Lone.Day = 0.011 },
		"occupancy, mean error while open":     func(_ *Figures, r *Row) { r.Use.Open.Mean = 2.1 },
		"occupancy, 95 % error while open":     func(_ *Figures, r *Row) { r.Use.Open.P95 = 6 },
		"occupancy, mean error while somebody": func(_ *Figures, r *Row) { r.Use.Occupied.Mean = 2.1 },
		"occupancy, 95 % error while somebody": func(_ *Figures, r *Row) { r.Use.Occupied.P95 = 6 },
		"days of used rooms":                   func(_ *Figures, r *Row) { r.Use.UsedDays = 0.98 },
		"intervals of used rooms":              func(_ *Figures, r *Row) { r.Use.Used = 0.98 },
		"crossings lost":                       func(_ *Figures, r *Row) { r.Lost = 1 },
		"crossings lost or invented":           func(f *Figures, _ *Row) { f.Alone.Lost = 1 },
		"attackers: threshold":                 func(f *Figures, _ *Row) { f.Rows[0].Threshold = attack.Advantage{Visits: 10, Empty: 1, Found: 5} },
		"attackers: boosted":                   func(f *Figures, _ *Row) { f.Rows[0].Boosted = attack.Advantage{Visits: 10, Empty: 1, Found: 7} },
		"attackers: all else known":            func(f *Figures, _ *Row) { f.Rows[0].Lone.Hour = 0.99 },
	} {
		f := Figures{Rows: []Row{raw, good}}
		spoil(&f, &f.Rows[1])
		missed := f.Missed(0)
		switch {
		case name == "" && len(missed) != 0:
			t.Errorf("all is well, and %v is missed", missed)
		case name != "" && (len(missed) != 1 || !strings.HasPrefix(missed[0].Name, name)):
			t.Errorf("%s: missed are %v", name, missed)
		}
	}
}

func TestForgiven(t *testing.T) {
	for _, c := range []struct {
		m        Must
		forgiven float64
		want     bool
	}{
		{Must{Value: 1, Limit: 1}, 0, true},
		{Must{Value: 1.5, Limit: 1, Error: 0.3}, 0, false},
		{Must{Value: 1.5, Limit: 1, Error: 0.3}, 1, false},
		{Must{Value: 1.5, Limit: 1, Error: 0.3}, 2, true},
		{Must{Value: 1, Limit: 1, Least: true}, 0, true},
		{Must{Value: 0.9, Limit: 1, Least: true}, 9, false},
		{Must{Value: 0.9, Limit: 1, Least: true, Error: 0.2}, 1, true},
	} {
		if got := c.m.Met(c.forgiven); got != c.want {
			t.Errorf("%+v, forgiven %v: met %v", c.m, c.forgiven, got)
		}
	}
}
