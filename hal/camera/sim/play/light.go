package play

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
)

// Lit is the light at a moment.
type Lit struct {
	Gain    int32  // of the whole picture, 4096 is 1
	Flicker int32  // strength of the bands, in 1/4096
	Phase   uint16 // of the bands at the top row, in 1/65536 turn
}

// steady is a gain of 1.
const steady = 4096

// Light gives the light at a frame.
func (w *World) Light(frame uint32) Lit {
	now := time.Duration(frame) * w.interval
	l := Lit{Gain: steady, Flicker: w.k.Flicker * steady / 100}
	// The mains beat drifts through the picture about once in three seconds.
	l.Phase = uint16(now % (3100 * time.Millisecond) * 65536 / (3100 * time.Millisecond))
	if w.kind == Switching {
		l.Gain = w.switched(now)
		return l
	}
	if w.k.Ramp > 0 {
		const swing = 11 * time.Second
		s := fixed.Sin(uint16(now % swing * 65536 / swing))
		l.Gain += int32(int64(steady) * int64(w.k.Ramp) * int64(s) / (100 * fixed.Full))
	}
	if w.k.Step != 100 && now/(time.Duration(w.k.StepSeconds)*time.Second)%2 == 1 {
		l.Gain = l.Gain * w.k.Step / 100
	}
	return l
}

// switched is the light of a Switching script: every 16 s it goes off at 6 and on at 11, hard, or
// with a camera that corrects its exposure afterwards, or slowly.
func (w *World) switched(now time.Duration) int32 {
	const turn, off, on = 16 * time.Second, 6 * time.Second, 11 * time.Second
	r := fixed.NewRand(fixed.Hash(w.seed, 0x119), uint64(now/turn))
	dark := steady * r.Between(10, 45) / 100
	manner := r.Between(0, 2)
	at := now % turn
	slide := func(since, long time.Duration, from, to int32) int32 {
		if since >= long {
			return to
		}
		return from + int32(int64(to-from)*int64(since)/int64(long))
	}
	const slow, quick = 2500 * time.Millisecond, 1200 * time.Millisecond
	switch {
	case at < off:
		return steady
	case at < on && manner == 1:
		return slide(at-off, quick, dark, steady*3/4)
	case at < on && manner == 2:
		return slide(at-off, slow, steady, dark)
	case at < on:
		return dark
	case manner == 1:
		return slide(at-on, quick, steady*2, steady)
	case manner == 2:
		return slide(at-on, slow, dark, steady)
	}
	return steady
}
