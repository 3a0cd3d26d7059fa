package camera

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/protocol"
)

// lens is a camera that notes what is done to it.
type lens struct {
	did      []string
	played   int
	gives    int // frames that pass at each wait
	while    int // frames that pass while nobody waits
	err      error
	replayed []bench.Counts
	truth    []bench.Counts
}

func (l *lens) Cable(out bool) error { l.did = append(l.did, fmt.Sprint("out ", out)); return l.err }
func (l *lens) Fault(kind string, n int) error {
	l.did = append(l.did, fmt.Sprint(kind, " ", n))
	return l.err
}
func (l *lens) Played() int {
	l.played += l.while
	return l.played
}
func (l *lens) Await(_ context.Context, n int) error {
	l.did = append(l.did, fmt.Sprint("await ", n))
	l.played += l.gives
	return l.err
}
func (l *lens) Replayed() ([]bench.Counts, error) { return l.replayed, l.err }
func (l *lens) Truth() ([]bench.Counts, error)    { return l.truth, l.err }

// card has booked something.
type card struct {
	bench.Card
	booked []bench.Counts
	err    error
}

func (c card) Booked() ([]bench.Counts, error) { return c.booked, c.err }

// run does one sentence.
func run(t *testing.T, r *benchtest.Rig, sentence string) (saw string, s *bench.Scene, err error) {
	t.Helper()
	book, err := protocol.NewBook(Steps())
	if err != nil {
		t.Fatal(err)
	}
	p, err := protocol.Parse("a", "title a\nwhy b\nboard virt\nexpect 1 s\n\n"+sentence+"\ncheck nobody was counted\n")
	if err != nil {
		t.Fatal(err)
	}
	bound, err := book.Bind(p)
	if err != nil {
		t.Fatal(err)
	}
	s = &bench.Scene{Rig: r, Say: func(string, ...any) {}, Point: func(string, float64) {}, Keep: map[string]any{}}
	saw, err = bound[0].Step.Do(t.Context(), s, bound[0].Args)
	return saw, s, err
}

func TestDoing(t *testing.T) {
	for _, tc := range []struct {
		sentence, did string
		gives         int
		wants         bool // that it goes well
	}{
		{"7 frames pass within 1 s", "await 7", 7, true},
		{"7 frames pass within 1 s", "await 7", 0, false}, // the film had ended
		{"450 frames pass within 1 s", "await 200, await 200, await 50", 200, true},
		{"the film ends within 5 s", "await 1073741824", 9, true},
		{"the next 3 frames are short within 1 s", "short 3, await 3", 3, true},
		{"the next 3 frames are short within 1 s", "short 3, await 3", 0, false},
		{"the camera stalls for 15 s", "stall 15", 0, true},
		{"unplug the camera", "stall 2, out true", 0, true},
		{"plug the camera in", "out false", 0, true},
	} {
		l, r := &lens{gives: tc.gives}, benchtest.New()
		r.TheCamera = l
		r.Says("one", "two")
		saw, s, err := run(t, r, tc.sentence)
		if (err == nil) != tc.wants || strings.Join(l.did, ", ") != tc.did {
			t.Errorf("%s: %v, %q, %v", tc.sentence, l.did, saw, err)
		}
		if !strings.Contains(tc.sentence, " pass ") && !strings.Contains(tc.sentence, "film") && s.Mark != 2 {
			t.Errorf("%s: later steps look from line %d on, want 2", tc.sentence, s.Mark)
		}
		l.err = bench.ErrCannot
		if _, _, err := run(t, r, tc.sentence); !errors.Is(err, bench.ErrCannot) {
			t.Errorf("%s: %v on a bench that cannot", tc.sentence, err)
		}
	}
}

func TestStill(t *testing.T) {
	for while, wants := range map[int]bool{0: true, 1: false} {
		r := benchtest.New()
		r.TheCamera = &lens{played: 5, while: while}
		began := time.Now()
		if saw, _, err := run(t, r, "check no frame passes for 50 ms more"); (err == nil) != wants || time.Since(began) < 50*time.Millisecond {
			t.Errorf("%d: %q, %v", while, saw, err)
		}
	}
}

func TestCounts(t *testing.T) {
	some, more, none := []bench.Counts{{Forward: 3, Backward: 5}}, []bench.Counts{{Forward: 4, Backward: 7}}, []bench.Counts{{}}
	for _, tc := range []struct {
		sentence                string
		booked, replayed, truth []bench.Counts
		says                    string
		want                    string // "" for green, "red" or "cannot"
	}{
		{"check the counts equal those of replay", some, some, more, "", ""},
		{"check the counts equal those of replay", some, more, more, "", "red"},
		{"check the counts equal those of replay", more, some, more, "", "red"},
		{"check the counts equal those of replay", none, none, more, "", "red"},
		{"check the counts equal those of replay", nil, some, more, "", "red"},
		{"check the counts equal those of replay", some, more, more, "Failed   camera: the eye was ended, because it held a frame", "cannot"},
		{"check the counts equal those of replay", some, more, more, "Failed   camera: the eye lost its camera", "red"},
		{"check the counts equal those of replay", some, some, more, "Failed   camera: the eye was ended, because it held a frame", ""},
		{"check nobody was counted", none, none, none, "", ""},
		{"check nobody was counted", some, some, none, "", "red"},
		{"check nobody was counted", some, none, none, "", "red"},
		{"check the truth is at most 2 off in each direction", none, some, more, "", ""},
		{"check the truth is at most 1 off in each direction", none, some, more, "", "red"},
		{"check the truth is at most 9 off in each direction", none, none, none, "", "red"},
		{"check the truth is at most 9 off in each direction", none, some, nil, "", "red"},
	} {
		r := benchtest.New()
		r.TheCamera = &lens{played: 100, replayed: tc.replayed, truth: tc.truth}
		r.TheCard = card{booked: tc.booked}
		r.Says("Loaded", tc.says)
		saw, s, err := run(t, r, tc.sentence)
		got := map[bool]string{true: "", false: "red"}[err == nil]
		if errors.Is(err, bench.ErrCannot) {
			got = "cannot"
		}
		if got != tc.want {
			t.Errorf("%+v: %q, %v", tc, saw, err)
		}
		if s.Keep[bench.KeepReplayed] == nil || s.Keep[bench.KeepTruth] == nil {
			t.Errorf("%+v: the report gets %v", tc, s.Keep)
		}
		r.TheCamera = &lens{err: bench.ErrCannot}
		if _, _, err := run(t, r, tc.sentence); !errors.Is(err, bench.ErrCannot) {
			t.Errorf("%s: %v on a bench that cannot", tc.sentence, err)
		}
	}
	r := benchtest.New()
	r.TheCamera, r.TheCard = &lens{replayed: none, truth: none}, card{booked: none}
	if _, _, err := run(t, r, "check nobody was counted"); err == nil {
		t.Error("nobody was counted on no frame, and that is green")
	}
	r.TheCard = card{err: errors.New("worn")}
	if _, _, err := run(t, r, "check nobody was counted"); err == nil {
		t.Error("nothing could be read, and that is green")
	}
}

func TestMemory(t *testing.T) {
	for _, tc := range []struct {
		lines []string
		wants bool
	}{
		{[]string{"tellijn: memory: init 6456 + eye 3000 = 9456 KiB", "tellijn: memory: init 9999 + eye 3100 = 13099 KiB"}, true},
		{[]string{"tellijn: memory: init 6456 + eye 3000 = 9456 KiB", "tellijn: memory: init 6456 + eye 3101 = 9557 KiB"}, false},
		{[]string{"tellijn: memory: init 6456 + eye 3000 = 9456 KiB"}, false},
		{[]string{"tellijn: memory: init 6456 + keye 3000 = 9456 KiB", "tellijn: memory: init 1 = 1 KiB", "eye 5"}, false},
	} {
		r := benchtest.New()
		r.Says(tc.lines...)
		if saw, _, err := run(t, r, "check the memory of eye grew by at most 100 KiB"); (err == nil) != tc.wants {
			t.Errorf("%q: %q, %v", tc.lines, saw, err)
		}
	}
}
