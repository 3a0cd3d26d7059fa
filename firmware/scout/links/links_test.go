package links

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestChoose(t *testing.T) {
	wired := func(i int, carrier bool) Link { return Link{Index: i, Name: "e", Up: true, Carrier: carrier} }
	radio := func(i int, carrier bool) Link {
		return Link{Index: i, Name: "w", Wireless: true, Up: true, Carrier: carrier}
	}
	for _, c := range []struct {
		what string
		all  []Link
		name string
		used int
		want int
	}{
		{"nothing", nil, "", 0, 0},
		{"nobody at the other end", []Link{wired(2, false), radio(3, false)}, "", 0, 0},
		{"a cable", []Link{radio(3, true), wired(4, true)}, "", 0, 4},
		{"only a radio", []Link{wired(2, false), radio(3, true)}, "", 0, 3},
		{"two cables", []Link{wired(5, true), wired(2, true)}, "", 0, 2},
		{"two cables, one of them used", []Link{wired(5, true), wired(2, true)}, "", 5, 5},
		{"a cable beside a radio that is used", []Link{wired(2, true), radio(3, true)}, "", 3, 2},
		{"the cable is out", []Link{wired(2, false)}, "", 2, 2},
		{"the cable is out and a radio there", []Link{wired(2, false), radio(3, true)}, "", 2, 3},
		{"a name", []Link{wired(2, true), radio(3, false)}, "w", 0, 3},
		{"a name that is not there", []Link{wired(2, true)}, "w", 2, 0},
	} {
		if got := Choose(c.all, c.name, c.used); got.Index != c.want {
			t.Errorf("%s: %d, want %d", c.what, got.Index, c.want)
		}
		slices.Reverse(c.all)
		if got := Choose(c.all, c.name, c.used); got.Index != c.want {
			t.Errorf("%s, the other way round: %d, want %d", c.what, got.Index, c.want)
		}
	}
	if l := Wireless([]Link{wired(2, true), radio(3, false)}, ""); l.Index != 3 {
		t.Error(l)
	}
	if l := Wireless([]Link{radio(3, false)}, "e"); l.Index != 0 {
		t.Error(l)
	}
}

// TestStays sees that an interface that was chosen is chosen again: nothing goes back and forth by itself.
func TestStays(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var all []Link
		for i := range rapid.IntRange(0, 5).Draw(r, "links") {
			all = append(all, Link{Index: i + 1, Wireless: rapid.Bool().Draw(r, "radio"), Carrier: rapid.Bool().Draw(r, "carrier")})
		}
		first := Choose(all, "", rapid.IntRange(0, 5).Draw(r, "used"))
		if again := Choose(all, "", first.Index); again != first {
			r.Fatalf("%+v and then %+v", first, again)
		}
		if slices.ContainsFunc(all, func(l Link) bool { return l.Carrier }) && !first.Carrier {
			r.Fatalf("%+v though another has somebody at its end", first)
		}
	})
}
