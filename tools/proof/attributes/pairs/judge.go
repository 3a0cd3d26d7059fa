package pairs

import (
	"fmt"
	"math"
)

// The tolerances, fixed before anything was measured.
const (
	// LeastSame percent of crossings must be the same. Counting errs in about 2 of 100 crossings
	// of drawn doors, whatever people wear. Two counts whose errors had nothing to do with each
	// other would have 98 of 100 in common; looks may cost one more.
	LeastSame = 97.0
	// MostBias in points of a hundred true crossings, between the two sides, of those counted
	// right and of false ones: as much as counting errs at all. It holds for the difference as
	// measured, however uncertain that is.
	MostBias = 2.0
)

// z is the 97.5th percentile of the normal distribution: 95 % lie within.
const z = 1.959964

// Wilson gives the 95 % interval of k of n, in percent (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927).
func Wilson(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 100
	}
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return 100 * max(mid-half, 0), 100 * min(mid+half, 1)
}

// Bias is a difference between two sides in points of a hundred true crossings, A less B, with its
// 95 % interval.
type Bias struct{ Points, Low, High float64 }

// bias takes scenes, not crossings, as what varies: errors within a scene go together. An interval
// is never narrower than 3 in n crossings to either side, which is what none in n leaves open.
func bias(more, true_ []int) Bias {
	sum, n := 0, 0
	for i := range more {
		sum, n = sum+more[i], n+true_[i]
	}
	if n == 0 {
		return Bias{0, -100, 100}
	}
	d, squares := float64(sum)/float64(n), 0.0
	for i := range more {
		e := float64(more[i]) - d*float64(true_[i])
		squares += e * e
	}
	half := 100 * max(z*math.Sqrt(squares)/float64(n), 3/float64(n))
	return Bias{100 * d, 100*d - half, 100*d + half}
}

// String shows the points and the interval.
func (b Bias) String() string {
	return fmt.Sprintf("%+.1f points (95 %%: %+.1f to %+.1f)", b.Points, b.Low, b.High)
}

// Right is the bias of crossings counted right.
func (o *Outcome) Right() Bias { return bias(o.right, o.true_) }

// False is the bias of false crossings.
func (o *Outcome) False() Bias { return bias(o.untrue, o.true_) }

// Share is how many percent of the crossings are the same; 0 if there were none.
func (o *Outcome) Share() float64 {
	if o.Counted == 0 {
		return 0
	}
	return 100 * float64(o.Same) / float64(o.Counted)
}

// Within tells whether the outcome keeps to the tolerances.
func (o *Outcome) Within() bool {
	return o.Share() >= LeastSame && math.Abs(o.Right().Points) < MostBias && math.Abs(o.False().Points) < MostBias
}

// Figure says in one line what came out of a kind of change.
func (o *Outcome) Figure(k Kind) string {
	side := func(g Group, s Side) string {
		low, high := Wilson(s.Right, s.True)
		return fmt.Sprintf("%s: %d of %d counted right, %.1f %% (95 %%: %.1f to %.1f), %d false", g, s.Right, s.True,
			100*float64(s.Right)/float64(max(s.True, 1)), low, high, s.False)
	}
	return fmt.Sprintf("%d of %d crossings the same (%.1f %%), in %d of %d pairs all; %d pairs with the same counts in every record; %s; %s; the first less the second: %s counted right, %s false",
		o.Same, o.Counted, o.Share(), o.PairsSame, o.Pairs, o.RecordsSame, side(k.A, o.A), side(k.B, o.B), o.Right(), o.False())
}
