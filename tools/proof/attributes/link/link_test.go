package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tellijn/firmware/warden/book"
	"tellijn/hal/camera/sim"
	"tellijn/tools/proof/attributes/door"
)

func TestOneRun(t *testing.T) {
	runs, err := Play(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	r := &runs[0]
	records, differ, count, err := r.Differ()
	if err != nil || records < Walkers || differ > 2 || count < differ {
		t.Errorf("%d of %d records differ, in %d bytes, %v", differ, records, count, err)
	}
	l, err := r.Lineup(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Lineup(Marked)
	if err != nil {
		t.Fatal(err)
	}
	alone := 0
	for w := range l.A {
		if l.A[w] == nil || l.B[w] == nil {
			continue
		}
		alone++
		if slices.Equal(m.A[w], l.A[w]) && w > 0 {
			t.Errorf("walker %d is not marked", w)
		}
		if m.A[w][4] != m.B[w][4] || m.A[w][4] != fmt.Sprint("dropped ", w) {
			t.Errorf("walker %d is marked %q and %q", w, m.A[w][4], m.B[w][4])
		}
	}
	if alone < Walkers/2 {
		t.Errorf("%d walkers were alone in a record of each", alone)
	}
	// An interval that was changed by one in a count is seen.
	r.Same.Intervals[3].Inside = []uint16{r.B.Intervals[3].Inside[0] + 1}
	if _, d, n, err := r.Differ(); d < differ || d > differ+1 || n < count || n > count+1 || d+n == differ+count || err != nil {
		t.Errorf("after a change %d intervals differ in %d fields, before %d in %d; %v", d, n, differ, count, err)
	}
}

func TestBrokenRuns(t *testing.T) {
	r := Run{B: door.Seen{Intervals: make([]book.Closed, 1)}}
	if _, _, _, err := r.Differ(); !errors.Is(err, ErrScene) {
		t.Errorf("one interval against none: %v", err)
	}
	r.A = door.Seen{Truth: []sim.Crossing{{Frame: 9 * perInterval}}}
	if _, err := r.Lineup(nil); !errors.Is(err, ErrScene) {
		t.Errorf("a crossing after the last interval: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Play(over, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

// lineups makes runs in which a field says who it is in so many of a hundred records, and another
// field says something else at each device.
func lineups(n int, told int) (all []Lineup) {
	for i := range n {
		l := Lineup{lot: uint64(i)}
		for w := range Walkers {
			name := fmt.Sprint("walker ", w)
			if (i*Walkers+w)*37%100 >= told {
				name = "nobody"
			}
			l.A[w] = []string{"same", name, fmt.Sprint("a", w)}
			l.B[w] = []string{"same", name, fmt.Sprint("a", (w+1+i%5)%Walkers)}
		}
		all = append(all, l)
	}
	return all
}

func TestGuess(t *testing.T) {
	for told, want := range map[int][2]int{100: {320, 320}, 0: {0, 60}, 50: {160, 250}} {
		g := Guess(lineups(40, told))
		t.Logf("%d told: %+v", told, g)
		if g.Walkers != 320 || g.Chance != 40 || g.Right < want[0] || g.Right > want[1] {
			t.Errorf("%d told in a hundred: %+v, want %d to %d right", told, g, want[0], want[1])
		}
	}
	// Whoever has no record of their own is not guessed, and is nobody's answer.
	all := lineups(2, 100)
	all[0].A[3], all[0].B[5] = nil, nil
	if g := Guess(all); g.Walkers != 14 || g.Right != 14 {
		t.Errorf("%+v", g)
	}
	if g := Guess(nil); g != (Guesses{}) {
		t.Errorf("nothing: %+v", g)
	}
}
