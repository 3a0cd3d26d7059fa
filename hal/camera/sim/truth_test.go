package sim

import (
	"errors"
	"testing"

	"tellijn/hal/camera"
)

func TestPresetsHaveNoCrossing(t *testing.T) {
	for seed := range uint64(16) {
		for name, s := range map[string]Script{"turn": Turn(seed), "hover": Hover(seed), "stand": Stand(seed),
			"light switch": LightSwitch(seed)} {
			c := tiny(s)
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
		m := open(t, tiny(Door(seed, Nominal(), 300)))
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
	m := open(t, tiny(Door(3, Nominal(), 120)))
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

// The first line steers people; any other is only read. Turned around, it tells the same people the
// other way round.
func TestLinesReadTheSamePeople(t *testing.T) {
	c := small(Door(11, Nominal(), 240))
	c.Lines = []Line{across[0], {across[0].B, across[0].A}, {Point{0, one * 6 / 10}, Point{one, one * 6 / 10}}}
	var n [3][2]int
	for _, x := range open(t, c).Truth() {
		way := 0
		if !x.Forward {
			way = 1
		}
		n[x.Line][way]++
	}
	if n[0][0] == 0 || n[0][0] != n[1][1] || n[0][1] != n[1][0] {
		t.Errorf("line 0 %v, turned around %v", n[0], n[1])
	}
	if n[2][0] < n[0][0] || n[2][0] > n[0][0]*13/10 {
		t.Errorf("a line 0.5 persons further on: %v, on the line %v", n[2], n[0])
	}
}

// The truth does not depend on the size of the picture, its format or the noise.
func TestTruthIsOfThePathsAlone(t *testing.T) {
	want := open(t, small(Door(12, Nominal(), 120))).Truth()
	c := small(Door(12, Nominal(), 120))
	c.Format = camera.Format{Pixel: camera.UYVY, Width: 640, Height: 480, Interval: c.Format.Interval}
	c.Script.Knobs.Noise, c.Script.Knobs.Dropped = 200, 40
	got := open(t, c).Truth()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d crossings, at 160x120 %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Forward != want[i].Forward || max(got[i].Frame, want[i].Frame)-min(got[i].Frame, want[i].Frame) > 1 {
			t.Errorf("crossing %d: %+v, at 160x120 %+v", i, got[i], want[i])
		}
	}
}

func TestEndlessScenesGoOn(t *testing.T) {
	c := tiny(Door(13, Nominal(), 0))
	m := open(t, c)
	if m.Truth() != nil {
		t.Error("an endless scene has a whole truth")
	}
	var f camera.Frame
	for range 4000 {
		if err := m.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		m.Return(&f)
	}
	if a, b := m.Passed(0); a+b < 30 {
		t.Errorf("%d forward, %d backward in 160 s", a, b)
	}
}
