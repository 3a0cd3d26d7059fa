package signs

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPatience stops feeding within the patience and one look, and asks only then.
func TestPatience(t *testing.T) {
	for _, tc := range []struct {
		what         string
		eye, courier Report
	}{
		{"a silent eye", Report{Due: true, Last: 10 * time.Second}, Report{}},
		{"a silent courier", Report{}, Report{Due: true, Last: 10 * time.Second}},
		{"an eye that never said anything", Report{Due: true}, Report{}},
	} {
		d := NewDog(Reset{}, false)
		began := max(tc.eye.Last, tc.courier.Last)
		for now := time.Duration(0); now < 10*time.Minute; now += look100 {
			feed, want := d.Look(Moment{Since: now}, tc.eye, tc.courier)
			late := now-began > Patience
			if feed == false || want != late {
				t.Fatalf("%s: at %v feed %v, want a start %v", tc.what, now, feed, want)
			}
			if want {
				d.Asked()
				if feed, want := d.Look(Moment{Since: now + 1}, Report{Due: true, Last: now}, Report{}); feed || want {
					t.Errorf("%s: fed again after the start was kept", tc.what)
				}
				break
			}
			if now > began+Patience+look100 {
				t.Fatalf("%s: not asked at %v", tc.what, now)
			}
		}
	}
}

// TestDueLater counts patience from when somebody should report, not from when it did long ago: a gate that
// opens in the morning starts nothing anew.
func TestDueLater(t *testing.T) {
	d := NewDog(Reset{}, false)
	for now := time.Duration(0); now < 14*time.Hour; now += time.Second {
		open := now > 12*time.Hour
		feed, want := d.Look(Moment{Since: now}, Report{Due: open, Last: time.Minute}, Report{Due: true, Last: now})
		if !feed || want != (now > 12*time.Hour+time.Second+Patience) {
			t.Fatalf("at %v: feed %v, want a start %v", now, feed, want)
		}
		if want {
			return
		}
	}
	t.Fatal("an eye that says nothing is never started anew")
}

// world is a machine with a watchdog and whoever reports, by the second. Its clock may be unknown for the
// whole of a start.
type world struct {
	true   time.Duration // what passes outside
	booted time.Duration
	dog    Dog
	kept   Reset
	had    bool
	resets []time.Duration // by policy
}

func (w *world) boot() {
	w.booted, w.dog = w.true, NewDog(w.kept, w.had)
}

// TestSixHours has cameras that come and go, clocks that are known and not, cards that take nothing, and
// power cuts: by policy the machine starts anew at most once in six hours, as the world outside has them.
func TestSixHours(t *testing.T) {
	reset := false
	rapid.Check(t, func(t *rapid.T) {
		const epoch = 1_800_000_000
		w := world{}
		w.boot()
		known, camera := rapid.Bool().Draw(t, "known"), true
		heard := time.Duration(0)
		for w.true < 48*time.Hour {
			switch rapid.IntRange(0, 30).Draw(t, "event") {
			case 0:
				camera = !camera
			case 1: // a power cut
				known, heard = rapid.Bool().Draw(t, "known"), 0
				w.boot()
			case 2:
				known = true
			}
			for range rapid.IntRange(1, 40).Draw(t, "steps") { // of half a minute
				w.true += 30 * time.Second
				since := w.true - w.booted
				if camera {
					heard = since
				}
				now := Moment{Since: since, At: epoch + int64(w.true/time.Second), Known: known}
				feed, want := w.dog.Look(now, Report{Due: true, Last: heard}, Report{})
				if camera && want {
					t.Fatal("asked although the eye reports")
				}
				if !feed {
					t.Fatal("not fed although no start was kept")
				}
				if !want || rapid.IntRange(0, 3).Draw(t, "full") == 0 { // a card that takes nothing
					continue
				}
				w.kept, w.had = Reset{At: now.At, Sure: now.Known}, true
				w.dog.Asked()
				if feed, _ := w.dog.Look(now, Report{Due: true, Last: heard}, Report{}); feed {
					t.Fatal("fed after a start was kept")
				}
				w.resets = append(w.resets, w.true)
				reset = true
				known, heard = rapid.Bool().Draw(t, "known"), 0
				w.boot()
			}
		}
		for i := 1; i < len(w.resets); i++ {
			if gap := w.resets[i] - w.resets[i-1]; gap < Between {
				t.Fatalf("starts at %v", w.resets)
			}
		}
	})
	if !reset {
		t.Error("no run had a start: the test shows nothing")
	}
}

// TestWrongClock has clocks that were not known, or step back: then only this start's own time counts.
func TestWrongClock(t *testing.T) {
	const at = 1_800_000_000
	silent := Report{Due: true}
	for _, tc := range []struct {
		what string
		last Reset
		now  Moment
		want bool
	}{
		{"six hours later", Reset{At: at, Sure: true}, Moment{Since: time.Hour, At: at + 6*3600, Known: true}, true},
		{"a second less", Reset{At: at, Sure: true}, Moment{Since: time.Hour, At: at + 6*3600 - 1, Known: true}, false},
		{"not known then", Reset{At: at}, Moment{Since: time.Hour, At: at + 9*3600, Known: true}, false},
		{"not known now", Reset{At: at, Sure: true}, Moment{Since: time.Hour, At: at + 9*3600}, false},
		{"before it", Reset{At: at, Sure: true}, Moment{Since: time.Hour, At: 0, Known: true}, false},
		{"six hours of this start", Reset{At: at}, Moment{Since: 6 * time.Hour}, true},
	} {
		d := NewDog(tc.last, true)
		d.Look(Moment{}, silent, Report{})
		if feed, want := d.Look(tc.now, silent, Report{}); !feed || want != tc.want {
			t.Errorf("%s: feed %v, asked %v, want %v", tc.what, feed, want, tc.want)
		}
		if r, had := d.Had(); r != tc.last || !had {
			t.Errorf("%s: had %+v, %v", tc.what, r, had)
		}
	}
}

func TestKeptReset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Reset{At: rapid.Int64().Draw(t, "at"), Sure: rapid.Bool().Draw(t, "sure"), Told: rapid.Bool().Draw(t, "told")}
		if got, ok := ParseReset(r.Bytes()); !ok || got != r {
			t.Fatalf("%+v, %v, want %+v", got, ok, r)
		}
	})
}

// TestNoReset has bytes that are none, each one bit or byte away from one.
func TestNoReset(t *testing.T) {
	good := Reset{At: 1_800_000_000, Sure: true, Told: true}.Bytes()
	for what, b := range map[string][]byte{"nothing": nil, "short": good[:len(good)-1], "long": append(good[:len(good):len(good)], 0),
		"another version": append([]byte{2}, good[1:]...), "another flag": append([]byte{1, 4}, good[2:]...)} {
		if r, ok := ParseReset(b); ok || r != (Reset{}) {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

// FuzzParseReset takes only what Bytes gives.
func FuzzParseReset(f *testing.F) {
	for _, r := range []Reset{{}, {At: 1_800_000_000, Sure: true}, {At: -1, Told: true}} {
		f.Add(r.Bytes())
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, ok := ParseReset(b); ok && string(r.Bytes()) != string(b) {
			t.Fatalf("%x is %+v, which is %x", b, r, r.Bytes())
		}
	})
}
