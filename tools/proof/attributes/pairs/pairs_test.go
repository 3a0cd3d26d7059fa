package pairs

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"tellijn/firmware/warden/book"
	"tellijn/hal/camera/sim"
	"tellijn/tools/proof/attributes/door"
)

// few scenes: enough to see that it works, not enough to say how well.
func few(t *testing.T) Played {
	t.Helper()
	n := 20
	if testing.Short() || raceEnabled {
		n = 4
	}
	p, err := Play(t.Context(), n, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFewPairs(t *testing.T) {
	p := few(t)
	for _, k := range Kinds() {
		o, err := p.Kind(k)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(k.Name, o.Within(), o.Figure(k))
		if want := len(p) / 2; k.B != Other && o.Pairs != want || k.B == Other && o.Pairs != len(p) {
			t.Errorf("%s: %d pairs of %d scenes", k.Name, o.Pairs, len(p))
		}
		// Far wider than the tolerance: so few say nothing about that.
		if o.A.True != o.B.True || o.A.True < o.Pairs*2 || o.Share() < 85 {
			t.Errorf("%s: %d and %d true crossings in %d pairs, %.1f %% the same", k.Name, o.A.True, o.B.True, o.Pairs, o.Share())
		}
	}
	other, err := p.OtherPaths()
	if err != nil || other.Within() || other.Share() > 60 {
		t.Errorf("other walkers: %.1f %% of crossings the same, %v", other.Share(), err)
	}
	// A counter that does not see one group must fall short.
	for i := range p {
		if p[i][Dark] != nil {
			c := p[i][Dark].Counted
			p[i][Dark].Counted = c[:len(c)*2/3]
		}
	}
	if o, err := p.Kind(Kinds()[0]); err != nil || o.Within() || o.Right().Points > -10 {
		t.Errorf("a third of those in dark clothes not counted, and still %s, %v", o.Figure(Kinds()[0]), err)
	}
}

func TestSameLooksAreTheSame(t *testing.T) {
	if n, err := Same(t.Context(), 2); n != 2 || err != nil {
		t.Errorf("%d of 2, %v", n, err)
	}
}

// What is no pair is an error, not a figure.
func TestNoPairs(t *testing.T) {
	d, err := door.New()
	if err != nil {
		t.Fatal(err)
	}
	var all [groups]*door.Seen
	if err := scene(d, FirstSeed, []Group{Drawn, Drawn}, &all); !errors.Is(err, ErrNoPair) {
		t.Errorf("the same looks twice: %v", err)
	}
	all = [groups]*door.Seen{Drawn: {Truth: []sim.Crossing{{Frame: 1}}}}
	if err := scene(d, FirstSeed, []Group{Dark}, &all); !errors.Is(err, ErrNoPair) {
		t.Errorf("another truth: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Play(over, 4, func(string) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

func TestGroupsDressApart(t *testing.T) {
	seen := map[sim.Dress]Group{}
	for g := range Group(groups) {
		d := g.Dress(7)
		if h, twice := seen[d]; twice || d.Check() != nil || g.String() == "" {
			t.Errorf("%q: %+v, as %q; %v", g, d, h, d.Check())
		}
		seen[d] = g
	}
	for _, k := range Kinds() {
		if !slices.ContainsFunc([]int{0, 1}, func(i int) bool {
			return slices.Contains(worn(i), k.A) && slices.Contains(worn(i), k.B)
		}) {
			t.Errorf("%s is played in no scene", k.Name)
		}
	}
}

// made gives a play with crossings at these frames; below 0 is backward.
func made(truth, counted []int) *door.Seen {
	list := func(frames []int) (all []sim.Crossing) {
		for _, f := range frames {
			all = append(all, sim.Crossing{Forward: f >= 0, Frame: uint32(max(f, -f))})
		}
		return all
	}
	return &door.Seen{Truth: list(truth), Counted: list(counted)}
}

func TestCompare(t *testing.T) {
	truth := []int{100, 200, -300}
	for name, c := range map[string]struct {
		a, b                    []int
		counted, same           int
		pairsSame, right, false int
	}{
		"alike":        {[]int{100, 200, -300}, []int{115, 185, -300}, 6, 6, 1, 0, 0},
		"too far":      {[]int{100, 200, -300}, []int{100, 200, -316}, 6, 4, 0, 1, -1},
		"direction":    {[]int{100, 200, -300}, []int{100, 200, 300}, 6, 4, 0, 1, -1},
		"one missed":   {[]int{100, -300}, []int{100, 200, -300}, 5, 4, 0, -1, 0},
		"one too many": {[]int{100, 200, -300, 400}, []int{100, 200, -300}, 7, 6, 0, 0, 1},
		"both missed":  {[]int{100}, []int{100}, 2, 2, 1, 0, 0},
		"nothing":      {nil, nil, 0, 0, 1, 0, 0},
	} {
		o, err := Compare([]*door.Seen{made(truth, c.a)}, []*door.Seen{made(truth, c.b)})
		if err != nil || o.Counted != c.counted || o.Same != c.same || o.PairsSame != c.pairsSame ||
			o.A.Right-o.B.Right != c.right || o.A.False-o.B.False != c.false || o.right[0] != c.right || o.untrue[0] != c.false {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
	a, b := made(nil, nil), made(nil, nil)
	a.Intervals, b.Intervals = make([]book.Closed, 1), make([]book.Closed, 1)
	a.Intervals[0].Inside = []uint16{1}
	if o, err := Compare([]*door.Seen{a}, []*door.Seen{b}); err != nil || o.RecordsSame != 0 {
		t.Errorf("one inside against none: %d the same, %v", o.RecordsSame, err)
	}
	b.Intervals = nil
	if o, err := Compare([]*door.Seen{a}, []*door.Seen{b}); err != nil || o.RecordsSame != 0 {
		t.Errorf("one interval against none: %d the same, %v", o.RecordsSame, err)
	}
}

func TestTolerances(t *testing.T) {
	within := func(same, right, untrue int) bool {
		o := Outcome{Counted: 1000, Same: same, right: []int{right}, untrue: []int{untrue}, true_: []int{500}}
		return o.Within()
	}
	for _, c := range []struct {
		same, right, untrue int
		want                bool
	}{{1000, 0, 0, true}, {970, 9, -9, true}, {969, 0, 0, false}, {1000, 10, 0, false}, {1000, -10, 0, false},
		{1000, 0, 10, false}, {1000, 0, -10, false}} {
		if got := within(c.same, c.right, c.untrue); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if (&Outcome{}).Within() {
		t.Error("nothing counted is within tolerance")
	}
}

// Published values: R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 25.53, 36.62}, {15, 148, 6.24, 16.05}, {0, 20, 0, 16.11}, {1, 29, 0.61, 17.18}, {0, 0, 0, 100}} {
		low, high := Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 0.01 || math.Abs(high-c.high) > 0.01 {
			t.Errorf("%d of %d: %.2f to %.2f, want %.2f to %.2f", c.k, c.n, low, high, c.low, c.high)
		}
	}
}

func TestBias(t *testing.T) {
	more, of := make([]int, 100), make([]int, 100)
	for i := range more {
		of[i] = 4
	}
	if b := bias(more, of); b.Points != 0 || b.High != 0.75 || b.Low != -0.75 {
		t.Errorf("none in 400: %v", b)
	}
	for i := range 10 {
		more[i] = 1
	}
	// 10 of 400 are 2.5 points; the standard error over scenes is sqrt(9) / 400.
	if b := bias(more, of); b.Points != 2.5 || math.Abs(b.High-b.Low-2*z*100*3/400) > 0.01 {
		t.Errorf("ten scenes with one more: %v", b)
	}
	// The same ten in two scenes are less certain.
	clear(more)
	more[0], more[1] = 5, 5
	if b := bias(more, of); b.Points != 2.5 || b.Low > 0 {
		t.Errorf("two scenes with five more: %v", b)
	}
	if b := bias(nil, nil); b.Low != -100 || b.High != 100 {
		t.Errorf("nothing: %v", b)
	}
}
