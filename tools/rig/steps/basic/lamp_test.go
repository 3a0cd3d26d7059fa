package basic

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"tellijn/firmware/warden/signs"
	"tellijn/tools/rig/bench"
)

// shown are the changes of a lamp that shows a sign, seen every 40 ms by a board that is so many times slower than it
// should be.
func shown(sign signs.Sign, from time.Time, d, phase time.Duration, slow float64) (all []bench.Change) {
	was := false
	for at := time.Duration(0); at < d; at += 40 * time.Millisecond {
		if is := sign.Lit(time.Duration(float64(at+phase) / slow)); is != was {
			all = append(all, bench.Change{At: from.Add(at), Part: "lamp", High: is})
			was = is
		}
	}
	return all
}

// TestRead: whatever a lamp shows, from whatever moment on and on a board that is up to twice as slow, every whole group
// that is made out has as many flashes as the sign.
func TestRead(t *testing.T) {
	begin := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		sign := signs.Sign(rapid.IntRange(int(signs.Two), int(signs.Closed)).Draw(t, "sign"))
		slow := rapid.Float64Range(1, 2).Draw(t, "slow")
		phase := time.Duration(rapid.IntRange(0, 5000).Draw(t, "phase")) * time.Millisecond
		after := time.Duration(rapid.IntRange(0, 3000).Draw(t, "after")) * time.Millisecond
		changes := shown(sign, begin, time.Minute, phase, slow)
		l := read(changes, begin.Add(after), begin.Add(time.Minute))
		want := int(sign)
		if sign == signs.Closed {
			want = 1
		}
		if len(l.groups) < 3 {
			t.Fatalf("%d groups of %v", len(l.groups), sign)
		}
		for _, g := range l.groups {
			if g != want {
				t.Fatalf("groups %v, want %d", l.groups, want)
			}
		}
	})
	for _, c := range []struct {
		what    string
		changes []bench.Change
		want    string
	}{
		{"nothing", nil, "[] false false 10s"},
		{"lit before", []bench.Change{{At: begin.Add(-time.Hour), High: true}}, "[] true false 10s"},
		{"lit then", []bench.Change{{At: begin.Add(4 * time.Second), High: true}}, "[] true true 6s"},
		{"out then", []bench.Change{{At: begin.Add(-time.Hour), High: true}, {At: begin.Add(9 * time.Second)}}, "[] false true 1s"},
	} {
		l := read(c.changes, begin, begin.Add(10*time.Second))
		if got := fmt.Sprint(l.groups, l.lit, l.moved, l.still); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// TestStays: a flicker that was over when somebody looked again is a change all the same.
func TestStays(t *testing.T) {
	for _, lit := range []bool{true, false} {
		for _, c := range []struct {
			l    light
			done bool
			good bool
		}{
			{light{lit: lit, still: calm}, false, true},
			{light{lit: lit, still: calm + 1}, true, true},
			{light{lit: lit, still: time.Second, moved: true}, true, false},
			{light{lit: !lit, still: calm + 1}, true, false},
		} {
			if done, err := stays(lit)(c.l); done != c.done || (err == nil) != c.good {
				t.Errorf("%v, %+v: %v, %v", lit, c.l, done, err)
			}
		}
	}
}

// play lets the lamp of a board show a sign from now on; what is still to come comes in time.
func play(s scene, lit func(time.Duration) bool) {
	done := s.t.Context().Done()
	go func() {
		was, from := false, time.Now()
		for {
			if is := lit(time.Since(from)); is != was {
				s.rig.Moves(time.Now(), "lamp", is)
				was = is
			}
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
}

// TestLamp looks at lamps, in time that is not real.
func TestLamp(t *testing.T) {
	for _, c := range []struct {
		sign signs.Sign
		line string
		want string // "" for good
	}{
		{signs.Four, "check the lamp flashes 4 times", ""},
		{signs.Three, "check the lamp flashes 4 times", "in groups of [3 3 3 3 3 3 3 3 3 3 3 3], want 4"},
		{signs.Closed, "check the lamp flashes 1 times", ""},
		{signs.Two, "the lamp flashes 2 times within 30 s", ""},
		{signs.Two, "the lamp flashes 3 times within 8 s", "did not show that"},
		{signs.Counting, "check the lamp flashes 2 times", "does not flash"},
		{signs.Counting, "check the lamp is steady", ""},
		{signs.Counting, "the lamp is steady within 20 s", ""},
		{signs.Counting, "check the lamp is dark", "is lit: true"},
		{signs.Dark, "check the lamp is dark", ""},
		{signs.Dark, "the lamp is steady within 7 s", "did not show that"},
		{signs.Two, "check the lamp is steady", "changed"},
		{signs.Closed, "check the lamp is dark", "changed"},
	} {
		t.Run(fmt.Sprint(c.line, " on ", c.sign), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := set(t)
				play(s, c.sign.Lit)
				time.Sleep(300 * time.Millisecond)
				if c.want == "" {
					s.good(c.line)
				} else {
					s.bad(c.line, c.want)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // torn apart for a while
		s := set(t)
		play(s, func(at time.Duration) bool {
			if at < 15*time.Second {
				return signs.Closed.Lit(at)
			}
			return signs.Two.Lit(at)
		})
		s.good("check the lamp flashes 2 times")
	})
}

func TestSupply(t *testing.T) { synctest.Test(t, supply) }

func supply(t *testing.T) {
	s := set(t)
	s.good("check the camera has no power")
	s.bad("check the camera has power", "has power: false")
	s.bad("the camera has power within 150 ms", "has power: false")
	s.good("check the camera was switched on 0 times")
	s.rig.Moves(time.Now(), "camera_power", true)
	s.rig.Moves(time.Now(), "lamp", false)
	s.good("check the camera has power")
	s.good("the camera has power within 1 s")
	s.bad("check the camera has no power", "has power: true")
	go func() {
		time.Sleep(150 * time.Millisecond)
		s.rig.Moves(time.Now(), "camera_power", false)
	}()
	s.good("the camera has no power within 10 s")
	s.rig.Moves(time.Now(), "camera_power", true)
	s.good("check the camera was switched on 2 times")
	s.bad("check the camera was switched on 1 times", "2 times, want 1")
	s.rig.Says("tellijn: warden: Failed   camera: the eye stopped because a frame lived too long; is the machine overloaded?")
	s.good("check the camera was switched on 1 times")
	s.bad("check the camera was switched on 0 times", "2 times, want 0")
	s.bad("check the camera was switched on 3 times", "2 times, want 3")
	s.rig.Says("tellijn: warden: Failed   camera: the eye was ended, because it held a frame for more than 200 ms; it is started again until it works")
	s.good("check the camera was switched on 0 times")
}
