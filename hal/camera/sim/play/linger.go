package play

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/stage"
)

// turn walks up to the line, turns there and leaves the way it came.
func (v *walk) turn(r *fixed.Rand, q int32) {
	k := &v.w.k
	deep := stage.Part(r.Between(k.TurnDepth-k.TurnSpread, k.TurnDepth))
	aside := stage.Part(r.Between(30, 80)) * (1 - 2*r.Between(0, 1))
	v.drift = 0
	v.p.way.Add(v.w.next, v.place(q-aside, -v.in))
	v.to(q-aside, deep-stage.Part(90), int64(r.Between(92, 108)))
	v.to(q-aside/4, deep, 70)
	v.rest(q+aside/4, deep-stage.Part(6), time.Duration(r.Between(150, 600))*time.Millisecond)
	v.to(q+aside, deep-stage.Part(90), 70)
	v.to(q+aside, -v.in, int64(r.Between(92, 108)))
}

// hover walks up to the line, sways about before it and at most a tenth of a person beyond, and
// leaves the way it came.
func (v *walk) hover(r *fixed.Rand, q int32) {
	v.drift = 0
	aside := stage.Part(r.Between(-40, 40))
	v.p.way.Add(v.w.next, v.place(q, -v.in))
	v.to(q, -stage.Part(120), 95)
	v.to(q, -stage.Part(r.Between(-8, 30)), 60)
	for range r.Between(4, 12) {
		pause := time.Duration(r.Between(500, 1400)) * time.Millisecond
		v.rest(q+aside+stage.Part(r.Between(-25, 25)), -stage.Part(r.Between(-10, 55)), pause)
	}
	v.rest(q+aside, -stage.Part(60), 700*time.Millisecond)
	v.to(q+aside, -v.in, 95)
}

// stand walks up to a place near the line, stands there shifting its weight, and goes back, or else
// on over the line.
func (v *walk) stand(r *fixed.Rand, q int32, back bool) {
	v.drift = 0
	// At least 3/4 of a person before the line, and in view if the picture is large enough.
	before := max(stage.Part(75), min(stage.Part(r.Between(80, 160)), v.w.stage.Room(&v.w.lane, q, -v.sign)-stage.Part(40)))
	v.p.way.Add(v.w.next, v.place(q, -v.in))
	v.to(q, -before, 90)
	const shifts = 18
	long := time.Duration(v.w.k.StandSeconds) * time.Second
	n := time.Duration(min(max(int32(long/(1500*time.Millisecond)), 1), shifts))
	for range n {
		v.rest(q+stage.Part(r.Between(-7, 7)), -before-stage.Part(r.Between(-7, 7)), long/n)
	}
	if back {
		v.to(q, -v.in, 95)
		return
	}
	v.to(q, 0, 95)
	v.to(q, v.out, 95)
}
