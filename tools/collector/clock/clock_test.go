package clock

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
)

const year = 400 * day // that is kept

func begin() time.Time { return time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC) }

// rig is a clock that the test sets, over a real store.
type rig struct {
	t    *testing.T
	s    *bolt.Store
	c    *Clock
	at   time.Time
	keep time.Duration
}

func newRig(t *testing.T, keep time.Duration) *rig {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r := &rig{t: t, s: s, at: begin(), keep: keep}
	r.restart()
	return r
}

func (r *rig) restart() {
	r.c = &Clock{Now: func() time.Time { return r.at }, Store: r.s, Keep: r.keep}
}

// reads sets the clock so far behind begin and reads it; sure is how far behind begin the sure time is, or
// -1 if the clock is not believed.
func (r *rig) reads(ahead, sure time.Duration) {
	r.t.Helper()
	r.at = begin().Add(ahead)
	got, err := r.c.Read()
	switch {
	case sure < 0:
		if text, doubted, werr := r.c.Word(); !errors.Is(err, ErrDoubted) || !doubted || werr != nil || !strings.Contains(text, "clock -confirm") {
			r.t.Errorf("%v ahead: %v, %q, %v, want a doubt", ahead, err, text, doubted)
		}
	case err != nil || !got.At.Equal(r.at) || !got.Sure.Equal(begin().Add(sure)):
		r.t.Errorf("%v ahead: %v sure, %v, want %v", ahead, got.Sure.Sub(begin()), err, sure)
	default:
		if text, doubted, err := r.c.Word(); err != nil || doubted || (text != "") != (sure != ahead) {
			r.t.Errorf("%v ahead: it says %q, %v, %v", ahead, text, doubted, err)
		}
	}
}

const doubtful = -1

func TestRunning(t *testing.T) {
	r := newRig(t, year)
	r.reads(0, 0)
	r.reads(Slack, Slack)
	r.reads(Slack-Back, Slack-Back) // a day back
	r.reads(Slack-Back-1e6, doubtful)
	r.reads(10*year, doubtful)
	r.reads(Slack+Running+1e6, doubtful)
	r.reads(Slack, Slack) // nothing of that is left
	// On trial: nothing is sure by it, and it may come back.
	r.reads(2*Slack+1e6, Slack)
	r.reads(Slack+Running, Slack)
	r.reads(Slack+day, Slack+day)
	// It stays, seen now and then.
	r.reads(Slack+30*day, Slack+day)
	r.reads(Slack+33*day, Slack+day)
	r.reads(Slack+30*day+Trial-1e6, Slack+day)
	r.reads(Slack+30*day+Trial, Slack+30*day+Trial)
}

// A collector that was off.
func TestStarting(t *testing.T) {
	for _, off := range []time.Duration{0, time.Hour, 3 * day, Slack} {
		r := newRig(t, year)
		r.reads(0, 0)
		r.restart()
		r.reads(off, off)
	}
	for _, off := range []time.Duration{Slack + 1e6, Running, 90 * day, Starting} {
		r := newRig(t, year)
		r.reads(0, 0)
		r.restart()
		r.reads(off, 0)
		// It is on each working day only, and each is another process.
		for d := day; d < Trial; d += day {
			if d == 3*day || d == 4*day {
				continue
			}
			r.restart()
			r.reads(off+d, 0)
		}
		r.restart()
		r.reads(off+Trial, off+Trial)
	}
	r := newRig(t, year)
	r.reads(0, 0)
	r.restart()
	r.reads(Starting+1e6, doubtful)
	r.reads(Starting, 0) // put right
	r.restart()
	r.reads(20*day, 0) // put right again, and still further than it may go at once
	r.reads(time.Hour, time.Hour)
	r.restart()
	r.reads(time.Hour-Back-1e6, doubtful)
}

// A trial that is not looked at for long, or of which the clock moves, begins anew.
func TestTrialAnew(t *testing.T) {
	r := newRig(t, year)
	r.reads(0, 0)
	r.reads(40*day, 0)
	r.restart()
	r.reads(48*day, 0) // off for more than Slack
	r.reads(54*day, 0)
	r.reads(52*day, 0) // back by more than a day
	r.reads(52*day+Trial-1e6, 0)
	r.reads(52*day+Trial, 52*day+Trial)
}

// Where little is kept, little is believed.
func TestShortKeep(t *testing.T) {
	r := newRig(t, day)
	r.reads(0, 0)
	r.reads(3*time.Hour, 3*time.Hour)
	r.reads(6*time.Hour+1e6, 3*time.Hour)
	r.reads(9*time.Hour, 3*time.Hour)
	r.reads(9*time.Hour+1e6, 9*time.Hour+1e6)
}

func TestConfirm(t *testing.T) {
	r := newRig(t, year)
	r.reads(0, 0)
	for _, ahead := range []time.Duration{10 * year, 8 * year, 8*year + 20*day} { // ahead, back, on trial
		r.at = begin().Add(ahead)
		if at, err := r.c.Confirm(); err != nil || !at.Equal(r.at) {
			t.Fatal(at, err)
		}
		r.reads(ahead, ahead)
		r.restart()
		r.reads(ahead, ahead)
	}
	r.at = time.Unix(0, 0)
	if _, err := r.c.Confirm(); !errors.Is(err, ErrDoubted) {
		t.Error("1970 is believed:", err)
	}
	r = newRig(t, year)
	r.at = time.Unix(0, 0)
	if _, err := r.c.Read(); !errors.Is(err, ErrDoubted) {
		t.Error("1970 is believed by a new store:", err)
	}
}

// A store of before has no belief, but devices that were heard.
func TestOfBefore(t *testing.T) {
	r := newRig(t, year)
	err := r.s.Update(func(w store.Writer) error {
		return errors.Join(w.PutState("a", store.State{Seen: begin().Add(-day)}), w.PutState("b", store.State{Seen: begin()}), w.PutState("c", store.State{Seen: begin().Add(-2 * day)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	r.reads(Starting+1e6, doubtful)
	r.reads(30*day, 0)
}

// broken is a store that cannot write.
type broken struct{ store.Store }

func (broken) Update(func(store.Writer) error) error { return store.ErrFull }

// What is not noted is not believed, and the store is not written to for each look.
func TestNoted(t *testing.T) {
	r := newRig(t, year)
	r.c.Store = broken{r.s}
	if _, err := r.c.Read(); !errors.Is(err, store.ErrFull) || errors.Is(err, ErrDoubted) {
		t.Error(err)
	}
	r.restart()
	r.reads(0, 0)
	r.c.Store = broken{r.s}
	r.reads(noted-1e6, noted-1e6)
	r.at = begin().Add(noted)
	if _, err := r.c.Read(); !errors.Is(err, store.ErrFull) {
		t.Error(err)
	}
}

// However a clock goes wrong for a while, it deletes nothing that is younger than what is kept, but for the
// slack; and it is never sure of what it says itself. Between two whiles it is right for long enough that the
// time that is sure has come: who creeps ahead by less than the slack, again and again, is believed.
func TestWrongForAWhile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keep := time.Duration(rapid.IntRange(1, 1000).Draw(t, "keep")) * day
		var b store.Belief
		now, started, wrong, since := begin(), false, time.Duration(0), time.Duration(0)
		for range rapid.IntRange(1, 200).Draw(t, "looks") {
			pass := time.Duration(rapid.Int64Range(1, int64(trial(keep)/4)).Draw(t, "pass"))
			now, since = now.Add(pass), since+pass
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				started = false
			case 1:
				if b.Settled.After(now) {
					break
				}
				wrong, since = time.Duration(rapid.Int64Range(-int64(20*year), int64(20*year)).Draw(t, "wrong")), 0
			}
			if since >= trial(keep)/2 {
				wrong = 0
			}
			next, err := step(b, now.Add(wrong), started, keep)
			if b.Newest.IsZero() && wrong != 0 {
				continue // who begins with a wrong clock cannot know
			}
			if err != nil {
				continue
			}
			b, started = next, true
			if b.Settled.After(now.Add(slack(keep))) {
				t.Fatalf("sure of %v, which is %v ahead", b.Settled, b.Settled.Sub(now))
			}
			if b.Newest.Before(b.Settled) || b.Since.IsZero() != b.Newest.Equal(b.Settled) {
				t.Fatalf("%+v", b)
			}
		}
	})
}

// A clock that is right is believed, however long the collector was off before, up to Starting, and
// everything is sure by it a while later.
func TestRightAfterAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keep := time.Duration(rapid.IntRange(1, 1000).Draw(t, "keep")) * day
		b, now := store.Belief{}, begin()
		for range rapid.IntRange(1, 20).Draw(t, "outages") {
			started := false
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(Starting-Trial)).Draw(t, "off")))
			for range 9 {
				next, err := step(b, now, started, keep)
				if err != nil {
					t.Fatal(err)
				}
				b, started, now = next, true, now.Add(trial(keep)/8)
			}
			if !b.Since.IsZero() {
				t.Fatalf("still on trial: %+v", b)
			}
		}
	})
}
