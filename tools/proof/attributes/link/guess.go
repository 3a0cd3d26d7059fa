package link

import (
	"fmt"
	"math"

	"tellijn/firmware/warden/book"
	"tellijn/hal/camera/sim"
	"tellijn/hal/camera/sim/fixed"
)

// Lineup is what an attacker has of one run: for each walker the fields of the interval in which this
// one alone was counted, at A and at B, times and names taken out; nil if there is no such interval.
type Lineup struct {
	A, B [Walkers][]string
	lot  uint64
}

// Leak changes an interval before the attacker gets it, to see what one more field would give away:
// walker tells who is in it.
type Leak func(c *book.Closed, walker int)

// Marked is the control: a field that names the walker.
func Marked(c *book.Closed, walker int) { c.Dropped = uint64(walker) }

// Lineup gives the attacker the intervals of a run. leak may be nil.
func (r *Run) Lineup(leak Leak) (l Lineup, err error) {
	l.lot = uint64(r.A.Frames)<<32 | uint64(r.B.Frames)
	if l.A, err = alone(r.A.Intervals, r.A.Truth, 0, leak); err == nil {
		l.B, err = alone(r.B.Intervals, r.B.Truth, r.Swap, leak)
	}
	return l, err
}

// perInterval is the frames of one interval.
const perInterval = apart / 40

// alone looks for the intervals that count one person. The walker who comes k-th is number k XOR swap.
// The attacker knows the times, and that they say nothing about the order.
func alone(all []book.Closed, truth []sim.Crossing, swap int, leak Leak) (out [Walkers][]string, err error) {
	for k, t := range truth {
		i := int(t.Frame) / perInterval
		if i >= len(all) {
			return out, fmt.Errorf("%w: somebody at frame %d, and %d intervals", ErrScene, t.Frame, len(all))
		}
		c := all[i]
		if f, b := c.Sum(); f+b != 1 {
			continue
		}
		if leak != nil {
			leak(&c, k^swap)
		}
		out[k^swap] = Fields(&c)
	}
	return out, nil
}

// Guesses are what an attacker made of some runs.
type Guesses struct {
	Walkers int     // with a record of their own at both devices
	Right   int     // found
	Chance  float64 // expected of somebody who guesses blindly
}

// Guess has an attacker find each walker of A among the records of B that count as many. From half of
// the runs, in which the answers are given, the attacker learns how much it tells when a field is
// the same; the other half is guessed; then the other way round.
func Guess(all []Lineup) (g Guesses) {
	for half := range 2 {
		var school, test []Lineup
		for i, l := range all {
			if i%2 == half {
				school = append(school, l)
			} else {
				test = append(test, l)
			}
		}
		w := learn(school)
		for i := range test {
			test[i].guess(w, &g)
		}
	}
	return g
}

// weight is how much more likely two records are of one walker when a field is equal, and when it is
// not, as logarithms.
type weight struct{ equal, unlike float64 }

// learn finds the weight of each field.
func learn(school []Lineup) (w []weight) {
	type count struct{ same, sameEqual, other, otherEqual float64 }
	var n []count
	for _, l := range school {
		for a, mine := range l.A {
			for b, theirs := range l.B {
				if mine == nil || theirs == nil {
					continue
				}
				for len(n) < len(mine) {
					// As if each had been seen once either way, so that nothing is certain.
					n = append(n, count{2, 1, 2, 1})
				}
				for f := range mine {
					equal := 0.0
					if mine[f] == theirs[f] {
						equal = 1
					}
					if a == b {
						n[f].same, n[f].sameEqual = n[f].same+1, n[f].sameEqual+equal
					} else {
						n[f].other, n[f].otherEqual = n[f].other+1, n[f].otherEqual+equal
					}
				}
			}
		}
	}
	for _, c := range n {
		p, q := c.sameEqual/c.same, c.otherEqual/c.other
		w = append(w, weight{math.Log(p / q), math.Log((1 - p) / (1 - q))})
	}
	return w
}

// guess takes the most likely record for each walker; of several, one by lot.
func (l *Lineup) guess(w []weight, g *Guesses) {
	lot := fixed.NewRand(l.lot, 0x9e55)
	for walker, mine := range l.A {
		if mine == nil || l.B[walker] == nil {
			continue
		}
		best, found, among := math.Inf(-1), []int(nil), 0
		for other, theirs := range l.B {
			if theirs == nil {
				continue
			}
			among++
			score := 0.0
			for f := range min(len(mine), len(w)) {
				if mine[f] == theirs[f] {
					score += w[f].equal
				} else {
					score += w[f].unlike
				}
			}
			if score > best {
				best, found = score, nil
			}
			if score == best {
				found = append(found, other)
			}
		}
		g.Walkers++
		g.Chance += 1 / float64(among)
		if found[lot.Between(0, int32(len(found)-1))] == walker {
			g.Right++
		}
	}
}
