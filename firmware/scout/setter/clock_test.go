package setter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/scout/lease"
)

// TestChipWaits has a clock chip that is two hours ahead, and the network asked first: it is never believed if there is
// an answer, and is after a while if there is none.
func TestChipWaits(t *testing.T) {
	real := floor().Add(30 * 24 * time.Hour)
	ahead := func(s *Setup, w *world) { w.zero = real; w.chip = &chip{t: real.Add(2 * time.Hour)} }
	s, w := begin(t, ahead)
	w.goes(s, Wait-5*time.Second)
	if w.synced || w.Now().Sub(floor()) > Wait {
		t.Fatalf("%v, synced %v, before anybody answered", w.Now(), w.synced)
	}
	sample(s, w, 0, real.Add(w.boot))
	w.goes(s, 2*time.Second)
	sample(s, w, 0, real.Add(w.boot))
	for range 60 {
		if w.goes(s, time.Second); !w.synced || w.Now().Sub(real.Add(w.boot)).Abs() > time.Second {
			t.Fatalf("%v, synced %v, want %v", w.Now(), w.synced, real.Add(w.boot))
		}
	}
	if w.chip.set != 1 || w.chip.t.Sub(real) > time.Hour {
		t.Errorf("chip %+v", w.chip)
	}
	s, w = begin(t, ahead)
	w.goes(s, Wait-time.Second)
	if w.synced {
		t.Error("believed too early")
	}
	w.goes(s, time.Second)
	if !w.synced || !w.Now().Equal(w.chip.t) || w.chip.set != 0 {
		t.Errorf("%v, synced %v, after nobody answered", w.Now(), w.synced)
	}
}

// TestChipAgain has a setter start anew, with a clock that somebody set before.
func TestChipAgain(t *testing.T) {
	real := floor().Add(30 * 24 * time.Hour)
	for name, c := range map[string]struct {
		boot   time.Duration
		chip   time.Duration // ahead of the clock
		synced bool          // the clock is believed
		want   bool
		why    string
	}{
		"believed, the chip agrees":    {10 * time.Hour, 3 * time.Second, true, true, "Loaded   clock: /dev/rtc0"},
		"doubted, the chip agrees":     {10 * time.Hour, -3 * time.Second, false, true, "Loaded   clock: /dev/rtc0"},
		"believed, the chip disagrees": {10 * time.Hour, 2 * time.Hour, true, false, "Skipped  time: the clock and its chip disagree"},
		"believed, at the start":       {startup / 2, 2 * time.Hour, true, false, "Skipped  time: the clock and its chip disagree"},
		"doubted, the chip disagrees":  {10 * time.Hour, 2 * time.Hour, false, false, "Skipped  time: the clock and its chip disagree"},
	} {
		s, w := begin(t, func(_ *Setup, w *world) {
			w.boot, w.synced, w.chip = c.boot, c.synced, &chip{t: real.Add(c.chip)}
			w.zero = real.Add(-w.boot)
		})
		if w.goes(s, 3*Wait); w.synced != c.want || !c.want && len(w.steps) > 0 || !strings.Contains(w.out.String(), c.why) {
			t.Errorf("%s: synced %v, steps %v\n%s", name, w.synced, w.steps, &w.out)
		}
	}
}

// TestChipTrouble has a chip that cannot be read for a while, an answer that waits for a second, and nobody to ask.
func TestChipTrouble(t *testing.T) {
	real := floor().Add(30 * 24 * time.Hour)
	for _, late := range []bool{false, true} { // it cannot be read at the start, or when its time has come
		s, w := begin(t, func(_ *Setup, w *world) {
			w.zero, w.chip = real, &chip{t: real, err: map[bool]error{false: errors.New("bus")}[late]}
		})
		if w.Now().Sub(floor()) > time.Second {
			t.Errorf("late %v: begins at %v", late, w.Now())
		}
		w.chip.err = errors.New("bus")
		w.goes(s, Wait+time.Second)
		if w.synced {
			t.Errorf("late %v: believed without a chip", late)
		}
		w.chip.err = nil
		if w.goes(s, chipAgain); !w.synced || w.Now().Sub(real).Abs() > chipAgain {
			t.Errorf("late %v: %v, synced %v, with a chip that can be read again", late, w.Now(), w.synced)
		}
	}
	s, w := begin(t, func(_ *Setup, w *world) { w.zero, w.chip = real, &chip{t: real.Add(2 * time.Hour)} })
	w.goes(s, Wait-time.Second)
	sample(s, w, 0, real.Add(w.boot))
	w.goes(s, 5*time.Second)
	sample(s, w, 0, real.Add(w.boot))
	if !w.synced || w.Now().Sub(real.Add(w.boot)).Abs() > time.Second || len(w.steps) != 2 {
		t.Errorf("%v, synced %v, steps %v", w.Now(), w.synced, w.steps)
	}
	s, w = begin(t, func(_ *Setup, w *world) { w.zero, w.chip = real, &chip{t: real.Add(2 * time.Hour)} })
	for w.boot < 3*Wait { // a liar whose answers are never confirmed
		sample(s, w, 0, real.Add(time.Duration(w.boot)*3600))
		w.goes(s, 5*time.Second)
	}
	if !w.synced || len(w.steps) != 2 {
		t.Errorf("put off for ever: steps %v", w.steps)
	}
	if _, w = begin(t, func(s *Setup, w *world) { s.Plan.Wait, w.chip = 0, &chip{t: real} }); !w.synced || !w.Now().Equal(real) {
		t.Errorf("nobody is to be waited for: %v, synced %v", w.Now(), w.synced)
	}
	for _, servers := range [][]string{nil, {"192.0.2.1:123"}} {
		_, w = begin(t, func(s *Setup, w *world) {
			l := leased(0).Lease
			s.Plan.Fixed, s.Plan.Servers, w.chip = &l, servers, &chip{t: real}
		})
		if w.synced != (servers == nil) {
			t.Errorf("a fixed address and servers %v: synced %v at the start", servers, w.synced)
		}
	}
}

// TestChip has a clock chip and no network: it is believed from the start, and as long as it goes on.
func TestChip(t *testing.T) {
	s, w := begin(t, func(s *Setup, w *world) {
		w.links, s.Start = nil, nil
		w.chip = &chip{t: floor().Add(30 * 24 * time.Hour)}
	})
	if !w.synced || w.Now().Sub(floor()) < 29*24*time.Hour {
		t.Fatalf("%v, synced %v", w.Now(), w.synced)
	}
	for range 24 {
		w.synced = false // as the kernel has it, if nobody says anything for hours
		w.chip.t = w.chip.t.Add(time.Hour + 3*time.Second)
		w.goes(s, time.Hour)
		if !w.synced || w.Now().Sub(w.chip.t).Abs() > 2*time.Second {
			t.Fatalf("%v, chip %v, synced %v", w.Now(), w.chip.t, w.synced)
		}
	}
	w.chip.t = w.chip.t.Add(90 * time.Minute)
	w.goes(s, time.Hour+time.Second)
	if w.synced {
		t.Error("believed though clock and chip disagree")
	}
	if w.chip.set != 0 {
		t.Error("the chip was set to its own time")
	}
}

// TestTimed holds what is said of the clock before the start against what it shows then: only if it was right may
// somebody hold a certificate against it.
func TestTimed(t *testing.T) {
	real := floor().Add(30 * 24 * time.Hour)
	for name, c := range map[string]struct {
		change func(*Setup, *world)
		want   bool
	}{
		"no chip":                    {func(_ *Setup, w *world) { w.zero = real }, false},
		"the network is asked first": {func(_ *Setup, w *world) { w.zero, w.chip = real, &chip{t: real} }, false},
		"the chip at once":           {func(s *Setup, w *world) { s.Plan.Wait, w.chip = 0, &chip{t: real} }, true},
		"nobody to ask":              {func(s *Setup, w *world) { s.Plan.Fixed, w.chip = new(lease.Lease), &chip{t: real} }, true},
		"a chip before the floor":    {func(s *Setup, w *world) { s.Plan.Wait, w.chip = 0, &chip{t: floor().Add(-time.Hour)} }, false},
		"a chip that is not read":    {func(s *Setup, w *world) { s.Plan.Wait, w.chip = 0, &chip{t: real, err: errors.New("bus")} }, false},
		"told before, the chip as well": {func(_ *Setup, w *world) {
			w.zero, w.synced, w.boot, w.chip = real.Add(-time.Hour), true, time.Hour, &chip{t: real}
		}, true},
	} {
		said := false
		_, w := begin(t, func(s *Setup, w *world) {
			if c.change(s, w); w.chip != nil {
				s.Chip = w.chip
			}
			said = s.Timed()
		})
		if right := w.Now().Sub(real).Abs() < time.Minute; said != c.want || right != c.want {
			t.Errorf("%s: said %v, want %v; then %v", name, said, c.want, w.Now())
		}
	}
}
