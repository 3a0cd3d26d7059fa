package pipeline

import (
	"testing"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
)

// mostWrong events in a hundred true crossings of ordinary doors, and mostFalse crossings in quiet
// scenes: a bit above what today's settings give, so that a step back is seen.
const (
	mostWrong = 3.0
	mostFalse = 2
)

// wrong counts missed and false crossings within 15 frames.
func wrong(t *testing.T, script sim.Script) (truth, bad int) {
	t.Helper()
	f := shape(camera.GREY, 160, 120)
	c := door(t, f, 36_000, script)
	left := counted(t, made(t, across(36_000), f), c, nil)
	for _, x := range c.Truth() {
		truth++
		hit := -1
		for i, y := range left {
			if d := int(y.Frame) - int(x.Frame); y.Forward == x.Forward && d >= -15 && d <= 15 {
				hit = i
				break
			}
		}
		if hit < 0 {
			bad++
			continue
		}
		left = append(left[:hit], left[hit+1:]...)
	}
	return truth, bad + len(left)
}

// skipLong skips what would take too long now.
func skipLong(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("counts thousands of frames: not with -short")
	}
	if raceEnabled {
		t.Skip("counts thousands of frames: not under the race detector")
	}
}

// TestDoor counts a few hundred crossings of ordinary doors. The scenes are other than those that
// settings were chosen on.
func TestDoor(t *testing.T) {
	skipLong(t)
	const scenes = 6
	truth, bad := 0, 0
	for seed := range scenes {
		a, b := wrong(t, sim.Door(uint64(7_000_000+seed), sim.Nominal(), 120))
		truth, bad = truth+a, bad+b
	}
	share := 100 * float64(bad) / float64(truth)
	t.Logf("%d wrong of %d true crossings: %.1f%% right", bad, truth, 100-share)
	if share > mostWrong {
		t.Errorf("%.1f wrong in a hundred, want at most %v", share, mostWrong)
	}
}

// TestQuiet counts scenes in which nobody crosses.
func TestQuiet(t *testing.T) {
	skipLong(t)
	const seed = 900
	bad := 0
	for name, script := range map[string]sim.Script{"turn": sim.Turn(seed), "hover": sim.Hover(seed),
		"stand": sim.Stand(seed), "light switch": sim.LightSwitch(seed)} {
		if _, n := wrong(t, script); n > 0 {
			t.Logf("%s, seed %d: %d false crossings", name, seed, n)
			bad += n
		}
	}
	t.Logf("%d false crossings", bad)
	if bad > mostFalse {
		t.Errorf("%d false crossings, want at most %d", bad, mostFalse)
	}
}
