package light

import (
	"testing"
	"time"

	"tellijn/hal/camera/sim/knobs"
)

func TestKnobsOfLight(t *testing.T) {
	k := knobs.Nominal()
	if l := At(&k, 50*time.Second); l.Gain != Steady || l.Flicker != 0 {
		t.Errorf("nominal light is %+v", l)
	}
	k.Step, k.StepSeconds, k.Flicker = 50, 4, 10
	a, b, c := At(&k, 3999*time.Millisecond), At(&k, 4*time.Second), At(&k, 8*time.Second)
	if a.Gain != Steady || b.Gain != Steady/2 || c.Gain != Steady {
		t.Errorf("steps of light: %d %d %d", a.Gain, b.Gain, c.Gain)
	}
	if a.Flicker != Steady/10 || a.Phase == b.Phase+1000 || a.Phase == c.Phase {
		t.Errorf("bands: %+v %+v %+v", a, b, c)
	}
	k.Step, k.Ramp = 100, 20
	lo, hi := int32(1<<30), int32(0)
	for ms := range 40_000 {
		l := At(&k, time.Duration(ms)*time.Millisecond)
		lo, hi = min(lo, l.Gain), max(hi, l.Gain)
	}
	if lo < 3270 || lo > 3290 || hi < 4900 || hi > 4920 {
		t.Errorf("a ramp of a fifth goes from %d to %d", lo, hi)
	}
}

func TestSwitched(t *testing.T) {
	jumps, slides := 0, 0
	for seed := range uint64(20) {
		if on, off := Switched(seed, 4*time.Second), Switched(seed, 9*time.Second); on.Gain != Steady || off.Gain > Steady*8/10 {
			t.Errorf("seed %d: light %d, switched off %d", seed, on.Gain, off.Gain)
		}
		if at := Switched(seed, 6040*time.Millisecond).Gain; at > Steady*9/10 {
			slides++
		} else {
			jumps++
		}
	}
	if jumps < 5 || slides < 3 {
		t.Errorf("%d times at once, %d times slowly", jumps, slides)
	}
}
