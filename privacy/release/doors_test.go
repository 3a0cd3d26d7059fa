package release

import (
	"testing"
	"time"
)

// TestGateForgets asserts that the gate of a door looks at the last hour only, whatever the interval,
// and not across a time without power.
func TestGateForgets(t *testing.T) {
	for _, c := range []struct {
		name     string
		interval time.Duration
		second   int // minute of the second crossings
		open     bool
	}{
		{"within the hour", 15 * time.Minute, 765, true},
		{"after a gap of an hour", 15 * time.Minute, 795, false},
		{"in the next hour", time.Hour, 780, false},
		{"in the next half hour", 30 * time.Minute, 750, true},
	} {
		p, secret := Default(), [32]byte{3}
		p.Interval = c.interval
		var s Line
		s.Step(&p, &secret, Slot{8, 720}, false, 4, 2)
		o := s.Step(&p, &secret, Slot{8, c.second}, false, 3, 2)
		if open := o.Forward > 0; open != c.open {
			t.Errorf("%s: 6 and 5 crossings, net 3 forward: %+v", c.name, o)
		}
	}
	// Crossings while the clock was behind count, too.
	p, secret := Default(), [32]byte{3}
	var s Line
	s.Step(&p, &secret, Slot{8, 720}, false, 0, 0)
	s.Step(&p, &secret, Slot{8, 705}, false, 7, 4)
	if o := s.Step(&p, &secret, Slot{8, 735}, false, 0, 0); o.Forward != 3 {
		t.Errorf("net 3 of 11 while the clock was behind: %+v", o)
	}
}

// TestSkipEnds asserts that Skip goes up to its end and not beyond, and that a line which has seen
// nothing makes up only for an opening that it was there for.
func TestSkipEnds(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	var s Line
	s.Step(&p, &secret, Slot{8, 0}, true, 9, 0)
	s.Skip(&p, Slot{8, 15}, Slot{8, 240})
	if s.level != 9 {
		t.Errorf("level %d before the anchor, want 9", s.level)
	}
	s.Skip(&p, Slot{8, 240}, Slot{8, 255})
	if s.level != 0 || s.imbalance != 9 {
		t.Errorf("level %d, imbalance %d after the anchor, want 0 and 9", s.level, s.imbalance)
	}
	for minute, want := range map[int]uint32{435: 0, 450: 9, 465: 0} {
		var s Line
		s.Late(9, 0)
		if o := s.Step(&p, &secret, Slot{8, minute}, true, 0, 0); o.CorrectedForward != want {
			t.Errorf("first slot at minute %d: %+v, want %d corrected", minute, o, want)
		}
	}
}

// TestDoorsInAnyOrder asserts that a room is right whichever door comes back first: 40 came by one
// and left by the other while the head was away.
func TestDoorsInAnyOrder(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		var doors [2]Line
		doors[0].Step(&p, &secret, Slot{8, 600}, false, 40, 0)
		doors[1].Step(&p, &secret, Slot{8, 600}, false, 0, 40)
		var head Line
		for i, d := range order {
			in, out, level := doors[d].Surrender()
			head.Adopt(in, out, level)
			head.Step(&p, &secret, Slot{8, 615 + 15*i}, true, 0, 0)
		}
		if head.shown > 3 || head.level > 4 {
			t.Errorf("order %v: level %d, published %d; want the room empty, but for a step", order, head.level, head.shown)
		}
	}
}

// TestOwedEnds asserts that who left by a door is not held against those of the next day.
func TestOwedEnds(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	var s Line
	s.Step(&p, &secret, Slot{8, 600}, true, 0, 0)
	s.Adopt(0, 0, 2*60-1) // -60
	s.Step(&p, &secret, Slot{9, 600}, true, 0, 0)
	s.Adopt(0, 0, 2*60)
	if o := s.Step(&p, &secret, Slot{9, 615}, true, 0, 0); o.Level != 60 {
		t.Errorf("60 people of a door: %+v", o)
	}
}

// TestCoarserFromNowOn asserts that a release is not ahead of the counts when steps become wider.
func TestCoarserFromNowOn(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	var s Line
	s.Step(&p, &secret, Slot{8, 600}, false, 30, 0)
	p.K = 7
	if o := s.Step(&p, &secret, Slot{8, 615}, false, 0, 3); o != (Out{Level: 30}) {
		t.Errorf("3 out in steps of 7: %+v", o)
	}
	if o := s.Step(&p, &secret, Slot{8, 630}, false, 0, 4); o != (Out{Backward: 7, Level: 23}) {
		t.Errorf("7 out in steps of 7: %+v", o)
	}
}

// TestRaisedWaits asserts that what a head added to its level to take in a door's people is not
// corrected away before the anchor gives it back, and not forgotten in a reboot.
func TestRaisedWaits(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	var s Line
	s.Step(&p, &secret, Slot{8, 300}, true, 0, 1) // a counting error
	s.Adopt(0, 0, 2*60)                           // before the opening, since the head was away
	s.Step(&p, &secret, Slot{8, 315}, true, 0, 0)
	if s.imbalance != -3 || s.level != 62 {
		t.Fatalf("imbalance %d, level %d; want -3 and 62: the middle of the band", s.imbalance, s.level)
	}
	b, err := s.MarshalBinary()
	var again Line
	if err != nil || again.UnmarshalBinary(b) != nil || again != s {
		t.Fatalf("%+v became %+v", s, again)
	}
	again.Late(0, 5) // enough is carried that a correction would go out
	if o := again.Step(&p, &secret, Slot{8, 450}, true, 0, 0); o.CorrectedBackward != 0 || o.Level != 60 {
		t.Errorf("corrected what the anchor gives back: %+v", o)
	}
	again.Skip(&p, Slot{8, 465}, Slot{9, 450})
	if o := again.Step(&p, &secret, Slot{9, 450}, true, 0, 0); o.CorrectedBackward != 6 || again.raised || again.imbalance != 0 {
		t.Errorf("the day after: %+v, imbalance %d; want 6 corrected, of 1 and 5", o, again.imbalance)
	}
}
