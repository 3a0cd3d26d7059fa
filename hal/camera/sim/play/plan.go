package play

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/look"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/stage"
)

// walk is one way being laid down. Its places are along the line and ahead of it: ahead is above 0
// beyond the line, seen by the one who walks.
type walk struct {
	w     *World
	p     *Person
	sign  int32 // 1 forward, -1 backward
	speed int64 // path units a second
	in    int32 // how far before the line the way begins
	out   int32 // how far beyond it ends
	drift int32 // of the whole way, along the line for each size ahead, in hundredths
}

// plan draws what the next arrival does.
func (w *World) plan(g *group, r *fixed.Rand) {
	k := &w.k
	a := &w.lane
	q := r.Between(a.Lo, a.Hi)
	sign := 1 - 2*r.Between(0, 1)
	one := w.walk(&g.people[0], r, q, sign)
	g.n = 1
	switch w.deed(r) {
	case beside:
		q = r.Between(a.Lo, a.Hi-stage.Part(k.PairGap))
		w.second(g, r, &one, q, stage.Part(k.PairGap), time.Duration(r.Between(0, 80))*time.Millisecond)
	case behind:
		lag := time.Duration(int64(stage.Part(k.FollowGap)) * int64(time.Second) / one.speed)
		w.second(g, r, &one, q, 0, lag)
	case against:
		q = r.Between(a.Lo, a.Hi-stage.Part(k.PassGap))
		w.against(g, r, &one, q, stage.Part(k.PassGap))
	case turning:
		one.turn(r, q)
	case hovering:
		one.hover(r, q)
	case standing:
		one.stand(r, q, w.kind == Standing)
	default:
		one.through(r, q, w.next, k.Curve)
	}
}

// What an arrival does.
const (
	passing = iota
	beside
	behind
	against
	turning
	hovering
	standing
)

// deed draws what the next arrival does, by the shares of the knobs. Two who need more room than
// the line has are one who passes.
func (w *World) deed(r *fixed.Rand) int {
	k := &w.k
	roll := r.Between(0, 99)
	switch w.kind {
	case Turning:
		return turning
	case Hovering:
		return hovering
	case Standing:
		return standing
	}
	shares := [...]int32{beside: k.Pairs, behind: k.Follows, against: k.Passes,
		turning: k.Turns, hovering: k.Hovers, standing: k.Stands}
	room := w.lane.Hi - w.lane.Lo
	for d, share := range shares {
		if roll -= share; roll >= 0 {
			continue
		}
		if d == beside && room < stage.Part(k.PairGap) || d == against && room < stage.Part(k.PassGap) {
			return passing
		}
		return d
	}
	return passing
}

// walk starts a way over the line at q.
func (w *World) walk(p *Person, r *fixed.Rand, q, sign int32) walk {
	k := &w.k
	minute := uint64(w.next / time.Minute)
	sun := int32(fixed.Hash(w.seed, minute)%100) < k.Sun
	*p = Person{Look: look.New(r, k, sun)}
	cm := int64(r.Peak(k.Speed*(100-k.SpeedSpread), k.Speed*(100+k.SpeedSpread))) // 1/100 cm/s
	reach := stage.Part(110)
	if sun {
		reach += stage.Part(k.SunLength)
	}
	if p.Trolley || p.Case {
		reach += stage.Part(110)
	}
	return walk{
		w: w, p: p, sign: sign, speed: cm * path.One / 4500,
		in:    w.stage.Reach(&w.lane, q, -sign, k.Lean, reach),
		out:   w.stage.Reach(&w.lane, q, sign, k.Lean, reach),
		drift: r.Between(-k.Curve/3, k.Curve/3),
	}
}

// to leads the way on to a place, at walking speed times pace percent.
func (v *walk) to(q, ahead int32, pace int64) {
	from := v.p.way.Last()
	at := v.place(q, ahead)
	d := at.Sub(from.Point)
	far := fixed.Sqrt(uint64(int64(d.X)*int64(d.X) + int64(d.Y)*int64(d.Y)))
	v.p.way.Add(from.At+max(time.Duration(far)*time.Second*100/time.Duration(v.speed*pace), 2*time.Millisecond), at)
}

// rest leads the way on to a place in a given time.
func (v *walk) rest(q, ahead int32, t time.Duration) {
	v.p.way.Add(v.p.way.Last().At+t, v.place(q, ahead))
}

func (v *walk) place(q, ahead int32) path.Point {
	q += int32(int64(ahead) * int64(v.drift) / 100)
	return v.w.lane.At(q, v.sign*ahead)
}

// through walks over the line, straying up to curve.
func (v *walk) through(r *fixed.Rand, q int32, start time.Duration, curve int32) {
	stray := stage.Part(curve)
	v.p.way.Add(start, v.place(q+r.Between(-stray, stray), -v.in))
	v.to(q+r.Between(-stray, stray)/2, -v.in/2, int64(r.Between(92, 108)))
	v.to(q, 0, int64(r.Between(92, 108)))
	v.to(q+r.Between(-stray, stray)/2, v.out/2, int64(r.Between(92, 108)))
	v.to(q+r.Between(-stray, stray), v.out, int64(r.Between(92, 108)))
}

// second lays the same way twice, gap apart sideways and lag apart in time.
func (w *World) second(g *group, r *fixed.Rand, one *walk, q, gap int32, lag time.Duration) {
	two := w.walk(&g.people[1], r, q+gap, one.sign)
	one.in, one.out = max(one.in, two.in), max(one.out, two.out)
	two = *one
	two.p = &g.people[1]
	*two.p = Person{Look: look.New(r, &w.k, one.p.Sun)}
	two.p.Trolley, two.p.Case, one.p.Trolley, one.p.Case = false, false, false, false
	same := *r
	one.through(r, q, w.next, w.k.Curve)
	two.through(&same, q+gap, w.next+lag, w.k.Curve)
	g.n = 2
}

// against walks two who meet at the line, a gap apart sideways.
func (w *World) against(g *group, r *fixed.Rand, one *walk, q, gap int32) {
	two := w.walk(&g.people[1], r, q+gap, -one.sign)
	one.drift, two.drift = 0, 0
	one.through(r, q, w.next, 0)
	two.through(r, q+gap, w.next, 0)
	// Both are at the line at their third knot; whoever needs longer starts first.
	late := one.p.way.When(2) - two.p.way.When(2) + time.Duration(r.Between(-250, 250))*time.Millisecond
	if late >= 0 {
		two.p.way.Shift(late)
	} else {
		one.p.way.Shift(-late)
	}
	g.n = 2
}
