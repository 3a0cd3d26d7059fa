package play

import (
	"maps"
	"testing"
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/stage"
)

const interval = 40 * time.Millisecond

var hall = stage.Stage{Width: 7 * one, Height: 5 * one, Lines: []path.Line{{A: path.Point{X: 0, Y: 5 * one / 2},
	B: path.Point{X: 7 * one, Y: 5 * one / 2}}}}

// trail is what one person was seen doing: the distances from the line, frame by frame.
type trail struct {
	first uint32
	s     []int32
}

// crossings reads a trail from its end, on its own: of each two neighbouring moments beyond the
// band on different sides, the last change of sign between them is a crossing.
func (l trail) crossings() (c []path.Crossing) {
	later := -1
	for i := len(l.s) - 1; i >= 0; i-- {
		if l.s[i] <= path.Band && l.s[i] >= -path.Band {
			continue
		}
		if later >= 0 && (l.s[i] > 0) != (l.s[later] > 0) {
			at := later
			for (l.s[at-1] >= 0) == (l.s[later] > 0) {
				at--
			}
			c = append(c, path.Crossing{Forward: l.s[later] > 0, Frame: l.first + uint32(at)})
		}
		later = i
	}
	return c
}

// What is noted ahead, what is counted on the way, and what an eye on the paths would read are the
// same crossings.
func TestCrossingsAgree(t *testing.T) {
	k := knobs.Nominal()
	k.TurnDepth, k.Turns, k.Hovers = 90, 20, 10 // some go in and come out again
	const end = 6000
	w := New(hall, Traffic, 1, k, interval, end)
	noted, read := map[path.Crossing]int{}, map[path.Crossing]int{}
	var trails [MaxPeople]trail
	var born [MaxPeople]time.Duration
	n := 0
	finish := func(i int) {
		for _, c := range trails[i].crossings() {
			read[c]++
		}
		trails[i] = trail{}
	}
	for f := range uint32(end) {
		w.Step(f, func(c path.Crossing) { noted[c]++; n++ })
		for i := range w.People {
			p := &w.People[i]
			if !p.Visible() {
				continue
			}
			if born[i] != p.way.Start() {
				finish(i)
				born[i], trails[i].first = p.way.Start(), f
			}
			trails[i].s = append(trails[i].s, w.Distance(p))
		}
	}
	for i := range trails {
		finish(i)
	}
	if !maps.Equal(noted, read) {
		t.Errorf("noted %v, read %v", noted, read)
	}
	if a, b := w.Passed[0][0], w.Passed[0][1]; int(a+b) != n || a < 20 || b < 20 {
		t.Errorf("%d forward, %d backward on the way, %d noted", a, b, n)
	}
}

func TestNobodyComesInTheFirstSecondsOrIsCutOff(t *testing.T) {
	for seed := range uint64(20) {
		w := New(hall, Traffic, seed, knobs.Nominal(), interval, 1500)
		for f := range uint32(1500) {
			w.Step(f, nil)
			for i := range w.People {
				if p := &w.People[i]; p.Visible() && (f < 75 || f == 1499) {
					t.Fatalf("seed %d: somebody is there in frame %d", seed, f)
				}
			}
		}
	}
}

// A full scene lets people wait; it never grows and never stops for good.
func TestCrowdWaitsOutside(t *testing.T) {
	k := knobs.Nominal()
	k.Crowd, k.Stands, k.StandSeconds, k.Pairs, k.Turns = 120, 60, 100, 0, 0
	w := New(hall, Traffic, 3, k, interval, 0)
	most := 0
	for f := range uint32(6000) {
		w.Step(f, nil)
		n := 0
		for i := range w.People {
			if w.People[i].Visible() {
				n++
			}
		}
		most = max(most, n)
	}
	n := w.Passed[0][0] + w.Passed[0][1]
	t.Logf("at most %d people at once, %d crossings in 4 minutes", most, n)
	if most < 4 || n < 8 {
		t.Errorf("at most %d people at once, %d crossings in 4 minutes", most, n)
	}
}

// The direction of a body follows its way, and is a unit vector at all times.
func TestBodiesFaceWhereTheyGo(t *testing.T) {
	w := New(hall, Turning, 5, knobs.Nominal(), interval, 3000)
	wrong, seen := 0, 0
	for f := range uint32(3000) {
		w.Step(f, nil)
		for i := range w.People {
			p := &w.People[i]
			if !p.Visible() {
				continue
			}
			n := int64(p.Cos)*int64(p.Cos) + int64(p.Sin)*int64(p.Sin)
			if d := fixed.Sqrt(uint64(n)) - fixed.Full; d > 200 || d < -200 {
				t.Fatalf("direction %d, %d is %d off a unit", p.Cos, p.Sin, d)
			}
			now := time.Duration(f) * interval
			v := p.way.At(now + interval).Sub(p.way.At(now - interval))
			if int64(v.X)*int64(v.X)+int64(v.Y)*int64(v.Y) < (one/10)*(one/10) {
				continue
			}
			seen++
			if int64(v.X)*int64(p.Cos)+int64(v.Y)*int64(p.Sin) < 0 {
				wrong++
			}
		}
	}
	if seen < 500 || wrong > seen/20 {
		t.Errorf("%d of %d walked backwards", wrong, seen)
	}
}

func TestDoorLeafOpensForPeopleAndFallsShut(t *testing.T) {
	k := knobs.Nominal()
	k.Door, k.GapLeast, k.GapMost = 1, 9000, 12000
	w := New(hall, Traffic, 1, k, interval, 0)
	opened, shut := 0, 0
	last := int32(0)
	for f := range uint32(3000) {
		w.Step(f, nil)
		hinge, tip, ok := w.Door()
		d := tip.Sub(hinge)
		if n := fixed.Sqrt(uint64(int64(d.X)*int64(d.X) + int64(d.Y)*int64(d.Y))); !ok || n < 2*one*98/100 || n > 2*one*102/100 {
			t.Fatalf("leaf from %v to %v", hinge, tip)
		}
		if w.Leaf == 1000 && last < 1000 {
			opened++
		}
		if w.Leaf == 0 && last > 0 {
			shut++
		}
		last = w.Leaf
	}
	if opened < 4 || shut < 4 {
		t.Errorf("opened %d times, shut %d times in two minutes", opened, shut)
	}
	if _, _, ok := New(hall, Traffic, 1, knobs.Nominal(), interval, 0).doorless(); ok {
		t.Error("a door that was not ordered")
	}
}

func (w World) doorless() (path.Point, path.Point, bool) { return w.Door() }
