// Package light says how bright a simulated scene is at each moment, from the knobs or by a script
// of switches. It touches no pixel; hal/camera/sim/grain does.
package light

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/knobs"
)

// Lit is the light at a moment.
type Lit struct {
	Gain    int32  // of the whole picture, 4096 is 1
	Flicker int32  // strength of the bands, in 1/4096
	Phase   uint16 // of the bands at the top row, in 1/65536 turn
}

// Steady is a gain of 1.
const Steady = 4096

// At gives the light that the knobs make at a time.
func At(k *knobs.Knobs, now time.Duration) Lit {
	l := Lit{Gain: Steady, Flicker: k.Flicker * Steady / 100}
	// The mains beat drifts through the picture about once in three seconds.
	l.Phase = uint16(now % (3100 * time.Millisecond) * 65536 / (3100 * time.Millisecond))
	if k.Ramp > 0 {
		const swing = 11 * time.Second
		s := fixed.Sin(uint16(now % swing * 65536 / swing))
		l.Gain += int32(int64(Steady) * int64(k.Ramp) * int64(s) / (100 * fixed.Full))
	}
	if k.Step != 100 && now/(time.Duration(k.StepSeconds)*time.Second)%2 == 1 {
		l.Gain = l.Gain * k.Step / 100
	}
	return l
}

// Switched is the light of somebody playing with the switch: every 16 s it goes off at 6 and on at 11, hard, or
// with a camera that corrects its exposure afterwards, or slowly.
func Switched(seed uint64, now time.Duration) Lit {
	const turn, off, on = 16 * time.Second, 6 * time.Second, 11 * time.Second
	r := fixed.NewRand(fixed.Hash(seed, 0x119), uint64(now/turn))
	dark := Steady * r.Between(10, 45) / 100
	manner := r.Between(0, 2)
	at := now % turn
	slide := func(since, long time.Duration, from, to int32) Lit {
		if since >= long {
			return Lit{Gain: to}
		}
		return Lit{Gain: from + int32(int64(to-from)*int64(since)/int64(long))}
	}
	const slow, quick = 2500 * time.Millisecond, 1200 * time.Millisecond
	switch {
	case at < off:
		return Lit{Gain: Steady}
	case at < on && manner == 1:
		return slide(at-off, quick, dark, Steady*3/4)
	case at < on && manner == 2:
		return slide(at-off, slow, Steady, dark)
	case at < on:
		return Lit{Gain: dark}
	case manner == 1:
		return slide(at-on, quick, Steady*2, Steady)
	case manner == 2:
		return slide(at-on, slow, dark, Steady)
	}
	return Lit{Gain: Steady}
}
