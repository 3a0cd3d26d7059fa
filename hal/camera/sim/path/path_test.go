package path

import (
	"testing"
	"time"

	"tellijn/hal/camera/sim/fixed"
)

func random(r *fixed.Rand, knots int) *Path {
	p := &Path{}
	t := time.Duration(0)
	for range knots {
		t += time.Duration(r.Between(100, 3000)) * time.Millisecond
		p.Add(t, Point{r.Between(-2*One, 12*One), r.Between(-2*One, 12*One)})
	}
	return p
}

func TestPathGoesThroughItsKnotsAndStaysBetween(t *testing.T) {
	r := fixed.NewRand(1, 1)
	for range 200 {
		p := random(&r, 8)
		for k := 1; k < p.n; k++ {
			a, b := p.knots[k-1], p.knots[k]
			if d := p.At(b.At).Sub(b.Point); d != (Point{}) {
				t.Fatalf("off a knot by %v", d)
			}
			lo, hi := Point{min(a.X, b.X), min(a.Y, b.Y)}, Point{max(a.X, b.X), max(a.Y, b.Y)}
			for u := range 50 {
				q := p.At(a.At + (b.At-a.At)*time.Duration(u)/50)
				// 4 units are 0.4 mm: rounding of integers
				if q.X < lo.X-4 || q.X > hi.X+4 || q.Y < lo.Y-4 || q.Y > hi.Y+4 {
					t.Fatalf("between %v and %v the path is at %v", a, b, q)
				}
			}
		}
	}
}

func TestPathIsSmooth(t *testing.T) {
	p := &Path{}
	for i := range 6 { // even walk: 3 sizes a second
		p.Add(time.Duration(i)*700*time.Millisecond, Point{int32(i * 2100 * One / 1000), One})
	}
	for at := 20 * time.Millisecond; at < p.End(); at += 20 * time.Millisecond {
		d := p.At(at).X - p.At(at-20*time.Millisecond).X
		if want := int32(3 * One * 20 / 1000); d < want-4 || d > want+4 {
			t.Fatalf("at %v a step of %d, want %d", at, d, want)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	p := &Path{}
	if p.At(0) != (Point{}) || p.End() != 0 {
		t.Error("an empty path is somewhere")
	}
	p.Add(time.Second, Point{1, 2})
	if p.Add(time.Second, Point{3, 4}) {
		t.Error("two knots at one time")
	}
	for i := range MaxKnots {
		if ok := p.Add(time.Duration(i+2)*time.Second, Point{}); ok != (i < MaxKnots-1) {
			t.Errorf("knot %d: %v", i+1, ok)
		}
	}
}

var middle = Line{Point{0, 3 * One}, Point{8 * One, 3 * One}}

func way(ys ...float64) *Path {
	p := &Path{}
	for i, y := range ys {
		p.Add(time.Duration(i)*time.Second, Point{4 * One, int32(y * One)})
	}
	return p
}

func TestReadByHand(t *testing.T) {
	for name, c := range map[string]struct {
		p    *Path
		want []Crossing
	}{
		"through":             {way(0, 6), []Crossing{{0, true, 13}}},
		"back through":        {way(6, 0), []Crossing{{0, false, 13}}},
		"turn in the band":    {way(0, 3.45, 0), nil},
		"turn beyond it":      {way(0, 3.6, 0), []Crossing{{0, true, 18}, {0, false, 33}}},
		"hover, then through": {way(0, 3.1, 2.9, 3.1, 2.9, 4), []Crossing{{0, true, 107}}},
		"born on the line":    {way(3.2, 5), nil},
		"ends on the line":    {way(0, 3.3), nil},
	} {
		got, n := Read(c.p, []Line{middle}, 40*time.Millisecond, 1<<31)
		if n != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got[:n], c.want)
			continue
		}
		for i := range c.want {
			d := int(got[i].Frame) - int(c.want[i].Frame)
			if got[i].Forward != c.want[i].Forward || d < -2 || d > 2 {
				t.Errorf("%s: %v, want about %v", name, got[:n], c.want)
			}
		}
	}
}

func TestReadPastTheEndOfTheSegmentIsNone(t *testing.T) {
	short := Line{Point{5 * One, 3 * One}, Point{8 * One, 3 * One}}
	if got, n := Read(way(0, 6), []Line{short}, 40*time.Millisecond, 1<<31); n != 0 {
		t.Errorf("walked past the end of the line: %v", got[:n])
	}
}

func TestReadStopsAtTheEndOfTheScene(t *testing.T) {
	if _, n := Read(way(0, 6), []Line{middle}, 40*time.Millisecond, 15); n != 0 {
		t.Error("a crossing that is not sure before the end was read")
	}
}

// brute reads a path anew: it finds the runs of samples beyond the band, forgets all else, and looks
// for two neighbouring runs on different sides.
func brute(p *Path, l Line, interval time.Duration) (c []Crossing) {
	const step = time.Millisecond
	side, lastPass, ok := 0, time.Duration(0), false
	var was int32
	for t := p.Start(); t <= p.End(); t += step {
		q := p.At(t)
		s := (int64(l.B.X-l.A.X)*int64(q.Y-l.A.Y) - int64(l.B.Y-l.A.Y)*int64(q.X-l.A.X))
		s /= fixed.Sqrt(uint64(int64(l.B.X-l.A.X)*int64(l.B.X-l.A.X) + int64(l.B.Y-l.A.Y)*int64(l.B.Y-l.A.Y)))
		if t > p.Start() && (was < 0) != (s < 0) {
			lastPass = t
			ok = l.within(q)
		}
		was = int32(s)
		now := 0
		if s > One/2 {
			now = 1
		} else if s < -One/2 {
			now = -1
		}
		if now != 0 && now != side {
			if side != 0 && ok {
				c = append(c, Crossing{0, now > 0, uint32((lastPass + interval - 1) / interval)})
			}
			side = now
		}
	}
	return c
}

func TestReadAgainstBruteForce(t *testing.T) {
	r := fixed.NewRand(3, 3)
	const interval = 10 * time.Millisecond
	found, differ := 0, 0
	for range 150 {
		p := random(&r, 8)
		l := Line{Point{r.Between(0, 4*One), r.Between(0, 8*One)}, Point{r.Between(6*One, 10*One), r.Between(0, 8*One)}}
		got, n := Read(p, []Line{l}, interval, 1<<31)
		want := brute(p, l, interval)
		found += len(want)
		if n != len(want) {
			differ++ // an excursion or a corner that lies between two frames
			continue
		}
		for i := range want {
			d := int(got[i].Frame) - int(want[i].Frame)
			if got[i].Forward != want[i].Forward || d < -1 || d > 1 {
				t.Errorf("read %v, want %v", got[:n], want)
			}
		}
	}
	if found < 200 || differ > 2 {
		t.Errorf("%d crossings, %d of 150 paths read differently", found, differ)
	}
}
