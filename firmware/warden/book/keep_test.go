package book

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// begun is a book in which three people were counted.
func begun(t *testing.T) []byte {
	t.Helper()
	b := begin(t, setup(false))
	add(t, b, 0, 3, at(0))
	if !b.Changed {
		t.Fatal("somebody was counted and nothing changed")
	}
	kept := b.Keep()
	return kept
}

// A warden that was cut off goes on with the same interval.
func TestGoesOn(t *testing.T) {
	b, err := New(setup(false), noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Resume(begun(t)); err != nil {
		t.Fatal(err)
	}
	all := add(t, b, 0, 2, noon.Add(2*time.Minute))
	all = append(all, b.Tick(noon.Add(16*time.Minute))...)
	if len(all) != 1 || !all[0].From.Equal(noon) || forward(all) != 5 {
		t.Fatalf("%+v", all)
	}
}

// One that was away for hours closes the interval of then, and waits for a camera to do so.
func TestWasAway(t *testing.T) {
	later := noon.Add(5 * time.Hour)
	b, err := New(setup(false), later)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Resume(begun(t)); err != nil {
		t.Fatal(err)
	}
	if out := b.Tick(later.Add(time.Second)); len(out) != 0 {
		t.Fatalf("%+v before any camera", out)
	}
	all := add(t, b, 0, 2, later.Add(12*time.Second))
	all = append(all, b.Tick(later.Add(16*time.Minute))...)
	if len(all) < 2 || !all[0].From.Equal(noon) || all[0].To.Minute() != 15 || all[0].Lines[0].Forward != 3 || forward(all) != 5 {
		t.Fatalf("%+v", all)
	}
}

// Nobody or somebody: the intervals are the same, but for the counts.
func TestOneTellsNothing(t *testing.T) {
	for _, off := range []time.Duration{time.Minute, 70 * time.Minute, 50 * time.Hour} {
		var told [2][]Closed
		for n := range told {
			b := begin(t, setup(false))
			add(t, b, 0, uint32(n), at(0))
			again, err := New(setup(false), noon.Add(off))
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Resume(b.Keep()); err != nil {
				t.Fatal(err)
			}
			told[n] = append(told[n], add(t, again, 0, 0, noon.Add(off+10*time.Second))...)
			told[n] = append(told[n], again.Tick(noon.Add(off+20*time.Minute))...)
		}
		if len(told[0]) != len(told[1]) || len(told[0]) == 0 {
			t.Fatalf("off for %v: %d intervals with nobody, %d with one person", off, len(told[0]), len(told[1]))
		}
		for i := range told[0] {
			told[0][i].Lines, told[1][i].Lines = nil, nil
			if !reflect.DeepEqual(told[0][i], told[1][i]) {
				t.Errorf("off for %v: %+v with nobody, %+v with one person", off, told[0][i], told[1][i])
			}
		}
	}
}

// What was kept of a time that is still to come belongs to now.
func TestFromTheFuture(t *testing.T) {
	b, err := New(setup(false), noon.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Resume(begun(t)); err != nil {
		t.Fatal(err)
	}
	all := add(t, b, 0, 0, noon.Add(-50*time.Minute))
	all = append(all, b.Tick(noon.Add(-40*time.Minute))...)
	if forward(all) != 3 || all[0].From.After(noon) {
		t.Fatalf("%+v", all)
	}
}

// A line that was taken out of the configuration leaves its counts to who keeps them.
func TestOrphans(t *testing.T) {
	two := setup(false)
	two.Lines = 2
	b, err := New(two, noon)
	if err != nil {
		t.Fatal(err)
	}
	b.open.lines[0].Forward, b.open.lines[1].Backward = 2, 1
	one := begin(t, setup(false))
	if err := one.Resume(b.Keep()); err != nil || one.Orphans[1] != (Line{0, 1}) || one.Orphans[0] != (Line{}) || one.open.lines[0].Forward != 2 {
		t.Fatalf("%v, %+v, %+v", err, one.Orphans, one.open.lines)
	}
}

func TestKeptBadly(t *testing.T) {
	kept := begun(t)
	bend := func(i int, v byte) []byte { c := append([]byte{}, kept...); c[i] = v; return c }
	for name, tc := range map[string]struct {
		kept []byte
		want string
	}{
		"short": {kept[:len(kept)-1], "kept counts of 73 bytes"}, "version": {bend(0, 2), "not known"},
		"too many lines": {bend(1, 9), "not known"}, "too much": {bend(10, 1), "at most"},
	} {
		b := begin(t, setup(false))
		if err := b.Resume(tc.kept); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLeap has the clock leap, as on a board without one when it hears the time: the interval that goes on there is not a
// whole one. Where time just went by, it is.
func TestLeap(t *testing.T) {
	there := noon.Add(99*24*time.Hour + 13*time.Minute + 27*time.Second) // 12:13:57
	whole := func(c Closed) bool { return c.To.Sub(c.From) == 15*time.Minute }

	b := begin(t, setup(false)) // before any camera was seen
	b.Tick(noon.Add(time.Second))
	b.Tick(there.Add(b.s.Grace))
	all := append(add(t, b, 0, 1, there.Add(10*time.Second)), b.Tick(there.Add(2*time.Minute))...)
	if len(all) != 1 || !all[0].From.Equal(there) || whole(all[0]) || forward(all) != 1 {
		t.Errorf("from %v: %+v", b.From(), all)
	}
	all = b.Tick(there.Add(17 * time.Minute))
	if len(all) != 1 || !whole(all[0]) {
		t.Errorf("the next: %+v", all)
	}

	b = begin(t, setup(false)) // while one is
	add(t, b, 0, 1, noon.Add(10*time.Second))
	b.Tick(there.Add(b.s.Grace))
	all = b.Tick(there.Add(2 * time.Minute))
	if len(all) != 1 || !all[0].From.Equal(there) || whole(all[0]) {
		t.Errorf("from %v: %+v", b.From(), all)
	}

	b = begin(t, setup(false))    // hours without a camera
	for n := range 3 * 3600 / 7 { // looked at every seven seconds
		b.Tick(noon.Add(time.Duration(n) * 7 * time.Second))
	}
	at := noon.Add(3 * time.Hour)
	all = append(add(t, b, 0, 1, at.Add(10*time.Second)), b.Tick(at.Add(15*time.Minute))...)
	if len(all) != 1 || !whole(all[0]) {
		t.Errorf("from %v: %+v", b.From(), all)
	}
}
