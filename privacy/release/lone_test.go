package release

import (
	"fmt"
	"math/rand/v2"
)

// lone adds visits of people who are alone to a stream whose life is known, and looks at what
// changes: P6, nothing but the number of the weekly pairs; P7, the moment of the visit within the
// time between two weekly releases is not in the output at all.
func (s *stream) lone(step rule, f *findings, seed uint64, states []Line, base []Out) {
	g := rand.New(rand.NewPCG(seed, 0x10))
	var first, second []Out
	for range 8 {
		v := s.draw(g)
		if !s.quiet(v, states) {
			continue
		}
		f.visits++
		first = s.live(step, states[v.in-1], v.in, v, first[:0], nil)
		if i := s.differ(base[v.in:], first, v.in); i >= 0 {
			f.add("P6", i, fmt.Sprintf("seed %d: %+v shows", seed, v))
			return
		}
		for range 6 {
			w := s.draw(g)
			w.people = v.people
			if s.quiet(w, states) && s.released(v) == s.released(w) && s.released(v) >= 0 {
				f.moved++
				from := min(v.in, w.in)
				second = s.live(step, states[w.in-1], w.in, w, append(second[:0], base[from:w.in]...), nil)
				if i := same(append(base[from:v.in:v.in], first...), second); i >= 0 {
					f.add("P7", from+i, fmt.Sprintf("seed %d: %+v and %+v differ", seed, v, w))
					return
				}
				break
			}
		}
	}
}

// released gives the week in which pairs were last released before the whole visit, or -1: a visit
// in the moment of a release is still part of it.
func (s *stream) released(v visit) int64 {
	if w := s.week(v.in - 1); w == s.week(v.out-1) {
		return w
	}
	return -1
}

func (s *stream) draw(g *rand.Rand) visit {
	in := 10 + g.IntN(len(s.moments)-20)
	return visit{in, in + g.IntN(3), 1 + g.Uint32N(uint32(s.policy.K))}
}

// quiet tells whether nobody else crosses during a visit, with a moment before it, and the level
// stays so low, the visitors with it, that nothing would be shown.
func (s *stream) quiet(v visit, states []Line) bool {
	for i := v.in - 1; i <= v.out; i++ {
		m := &s.moments[i]
		if i >= v.in && (m.forward|m.backward|m.adopt[0]|m.adopt[1]|m.adopt[2]) != 0 || i >= v.in && m.gap {
			return false
		}
		if states[i].shown != 0 || states[i].level+int64(v.people) > int64(2*s.policy.K-2) {
			return false
		}
	}
	return true
}

// differ gives the first moment in which a visit shows, or -1. Pairs may differ by equal numbers in
// the first record of a week, that is: where the release without the visit may hold pairs, too.
func (s *stream) differ(base, visited []Out, from int) int {
	if len(base) != len(visited) {
		return from + len(visited)
	}
	for i, a := range base {
		b := visited[i]
		if a == b {
			continue
		}
		d, e := b.CorrectedForward-a.CorrectedForward, b.CorrectedBackward-a.CorrectedBackward
		a.CorrectedForward, a.CorrectedBackward = b.CorrectedForward, b.CorrectedBackward
		if a != b || d != e || s.week(from+i) == s.week(from+i-1) {
			return from + i
		}
	}
	return -1
}

// week numbers the times between weekly releases: the release of a week is in the first moment
// within the window on or after its first day.
func (s *stream) week(i int) int64 {
	for ; i >= 0; i-- {
		m := s.moments[i].slot
		if end := m.Minute + int(s.policy.minutes()); end > s.policy.Open && end <= s.policy.Close {
			return m.Day / 7
		}
	}
	return -1
}

func same(a, b []Out) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}
