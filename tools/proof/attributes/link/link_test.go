package link

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tellijn/hal/camera/sim"
	"tellijn/privacy/record"
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
		if m.A[w][11] != m.B[w][11] || m.A[w][11] != fmt.Sprintf("  %d: %d, / dropped /", 11, w) {
			t.Errorf("walker %d is marked %q and %q", w, m.A[w][11], m.B[w][11])
		}
	}
	if alone < Walkers/2 {
		t.Errorf("%d walkers were alone in a record of each", alone)
	}
	for i := range r.A.Records {
		a, x, err := Blank(r.A.Records[i])
		if err != nil {
			t.Fatal(err)
		}
		was, err := record.Decode(r.A.Records[i])
		if err != nil {
			t.Fatal(err)
		}
		if x.Previous != (record.Hash{}) || i > 0 && was.Previous == (record.Hash{}) ||
			x.Lines[0] != was.Lines[0] || x.Zones[0] != was.Zones[0] || x.Quality != was.Quality || x.Coverage != was.Coverage {
			t.Errorf("record %d: %+v became %+v", i, was, x)
		}
		if x.Device != "x" || bytes.Contains(a, []byte("device-a")) || !bytes.Contains(r.A.Records[i], []byte("device-a")) {
			t.Errorf("record %d keeps the name of its device, or never had it", i)
		}
	}
	// A record that was changed by one in a count is seen.
	x, err := record.Decode(r.B.Records[3])
	if err != nil {
		t.Fatal(err)
	}
	x.Zones[0].Peak++
	b, err := record.Encode(&x)
	if err != nil {
		t.Fatal(err)
	}
	r.Same.Records[3] = b
	if _, d, n, err := r.Differ(); d != differ+1 || n != count+1 || err != nil {
		t.Errorf("after a change %d records differ in %d bytes, before %d in %d; %v", d, n, differ, count, err)
	}
}

func TestBrokenRuns(t *testing.T) {
	r := Run{B: door.Seen{Records: [][]byte{{1}}}}
	if _, _, _, err := r.Differ(); !errors.Is(err, ErrScene) {
		t.Errorf("one record against none: %v", err)
	}
	r.Same.Records = [][]byte{{2}}
	if _, _, _, err := r.Differ(); !errors.Is(err, record.ErrInvalid) {
		t.Errorf("no record: %v", err)
	}
	r.A = door.Seen{Truth: []sim.Crossing{{Frame: 9 * perRecord}}}
	if _, err := r.Lineup(nil); !errors.Is(err, ErrScene) {
		t.Errorf("a crossing after the last record: %v", err)
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
