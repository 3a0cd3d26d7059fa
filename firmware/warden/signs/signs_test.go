package signs

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// every gives all states there are, and each Why, with one that does not exist.
func states() (all []State) {
	for bits := range 1 << 5 {
		for why := range Why(4) {
			all = append(all, State{Open: bits&1 != 0, Counting: bits&2 != 0, Full: bits&4 != 0, Stale: bits&8 != 0, NotDark: bits&16 != 0, Why: why})
		}
	}
	return all
}

// TestLaws holds every state against what a lamp must never say.
func TestLaws(t *testing.T) {
	seen := map[Sign]bool{}
	for _, s := range states() {
		sign := Of(s)
		seen[sign] = true
		for what, broken := range map[string]bool{
			"says counting and the gate is closed":            sign == Counting && !s.Open,
			"says counting and nothing counts":                sign == Counting && !s.Counting,
			"says counting and something is wrong":            sign == Counting && (s.Full || s.Stale || s.NotDark),
			"says closed, which is dark, and it is not":       sign == Closed && (s.Open || s.NotDark),
			"says closed and something is wrong":              sign == Closed && (s.Why == NoTime || s.Why == NoApproval || s.Full || s.Stale),
			"does not say that the camera has power":          s.NotDark && sign != Seven,
			"says that the camera has power, and it has none": !s.NotDark && sign == Seven,
			"says no time of an open gate":                    sign == Two && s.Open,
			"says no approval of an open gate":                sign == Three && s.Open,
			"says no camera of a closed gate":                 sign == Four && !s.Open,
			"is dark, or says nothing that there is":          sign == Dark || sign.String() == "no sign",
			"all is well and it says otherwise":               s == (State{Open: true, Counting: true}) && sign != Counting,
		} {
			if broken {
				t.Errorf("%+v: %v: it %s", s, sign, what)
			}
		}
	}
	if len(seen) != 8 {
		t.Errorf("signs %v, want all but dark", seen)
	}
}

// look tells what somebody counts who looks at a lamp in steps: the flashes in each group, and whether it is
// ever dark. A second of dark ends a group.
func look(lit func(time.Duration) bool, steps []time.Duration) (groups []int, dark bool) {
	var now, last time.Duration
	n, was := 0, false
	for _, step := range steps {
		is := lit(now)
		if is && !was {
			n++
		}
		if is {
			last = now
		} else {
			dark = true
			if n > 0 && now-last > time.Second {
				groups, n = append(groups, n), 0
			}
		}
		was = is
		now += step
	}
	return groups, dark
}

// TestPatterns looks at each sign ten times a second and a little more, as a warden does whose looks come
// late: what is seen is that number, from the first group to the last.
func TestPatterns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := make([]time.Duration, 400)
		for i := range steps {
			steps[i] = time.Duration(rapid.IntRange(60, 140).Draw(t, "step")) * time.Millisecond
		}
		for s, want := range map[Sign]int{Two: 2, Three: 3, Four: 4, Five: 5, Six: 6, Seven: 7, Closed: 1} {
			groups, dark := look(s.Lit, steps)
			if len(groups) < 3 || !dark || slices.ContainsFunc(groups, func(n int) bool { return n != want }) {
				t.Errorf("%v: groups of %v, want %d each", s, groups, want)
			}
		}
		if groups, dark := look(Counting.Lit, steps); groups != nil || dark {
			t.Errorf("counting: %v, dark %v, want steady", groups, dark)
		}
		for _, s := range []Sign{Dark, 1, Signs, 255} {
			if groups, _ := look(s.Lit, steps); groups != nil || s.Lit(0) {
				t.Errorf("%v is lit", s)
			}
		}
	})
	if Seven.Lit(-time.Second) != Seven.Lit(0) {
		t.Error("a time before it was shown")
	}
	for s, want := range map[Sign]string{1: "no sign", Signs: "no sign", Counting: "steady: counting", Dark: "dark"} {
		if s.String() != want {
			t.Errorf("sign %d is %q, want %q", s, s, want)
		}
	}
}

// TestClosedIsShort has it lit for less than a twentieth of the time.
func TestClosedIsShort(t *testing.T) {
	lit := 0
	for ms := range 40_000 {
		if Closed.Lit(time.Duration(ms) * time.Millisecond) {
			lit++
		}
	}
	if lit != 10*150 {
		t.Errorf("lit for %d of 40000 ms, want 10 flashes of 150", lit)
	}
}
