package sim

import (
	"errors"
	"testing"

	"tellijn/hal/camera"
)

func TestPresetsHaveNoCrossing(t *testing.T) {
	for seed := range uint64(40) {
		for name, s := range map[string]Script{"turn": Turn(seed), "hover": Hover(seed), "stand": Stand(seed),
			"light switch": LightSwitch(seed)} {
			c := small(s)
			if seed%2 == 1 {
				c.PersonArea = 104_000
			}
			if n := len(open(t, c).Truth()); n != 0 {
				t.Errorf("%s, seed %d: %d crossings, want none", name, seed, n)
			}
		}
	}
}

func TestDoorHasTrafficBothWays(t *testing.T) {
	forward, backward := 0, 0
	for seed := range uint64(10) {
		m := open(t, small(Door(seed, Nominal(), 300)))
		last := uint32(0)
		for _, c := range m.Truth() {
			if c.Frame < last || c.Frame >= 300*25 || c.Line != 0 {
				t.Fatalf("seed %d: crossing %+v after frame %d", seed, c, last)
			}
			last = c.Frame
			if c.Forward {
				forward++
			} else {
				backward++
			}
		}
	}
	// 300 s hold about 85 arrivals, of whom 12 in a hundred do not cross and 38 in a hundred are two.
	t.Logf("%d forward, %d backward in 10 scenes of 300 s", forward, backward)
	if n := forward + backward; n < 800 || n > 1300 || forward < n*2/5 || backward < n*2/5 {
		t.Errorf("%d forward, %d backward in 10 scenes of 300 s", forward, backward)
	}
}

func TestPassedEndsAtTruth(t *testing.T) {
	m := open(t, small(Door(3, Nominal(), 120)))
	var f camera.Frame
	for {
		err := m.Borrow(&f)
		if errors.Is(err, camera.ErrEnded) {
			break
		}
		seen := [2]uint32{}
		for _, c := range m.Truth() {
			if c.Frame > f.Sequence {
				break
			}
			if c.Forward {
				seen[0]++
			} else {
				seen[1]++
			}
		}
		if a, b := m.Passed(0); a != seen[0] || b != seen[1] {
			t.Fatalf("frame %d: passed %d and %d, truth says %v", f.Sequence, a, b, seen)
		}
		m.Return(&f)
	}
	if a, b := m.Passed(0); int(a+b) != len(m.Truth()) || a+b == 0 {
		t.Errorf("passed %d and %d, truth has %d", a, b, len(m.Truth()))
	}
	if a, b := m.Passed(7); a != 0 || b != 0 {
		t.Error("a line that is not there was passed")
	}
}
