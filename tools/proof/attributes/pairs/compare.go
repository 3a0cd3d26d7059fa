package pairs

import (
	"slices"

	"tellijn/firmware/warden/book"
	"tellijn/hal/camera/sim"
	"tellijn/tools/proof/attributes/door"
	"tellijn/tools/replay/score"
)

// Reach is how many frames apart two crossings may be and still be the same: 0.6 s, as wherever
// counting is judged.
const Reach = 15

// Side is how one side of the pairs was counted.
type Side struct{ True, Right, False int }

// Outcome is what became of all pairs of one kind.
type Outcome struct {
	Pairs, PairsSame int // all crossings the same
	RecordsSame      int // pairs whose intervals hold the same exact counts of lines and zones
	Counted, Same    int // crossings of both sides, and those with one like it on the other
	A, B             Side
	// right and untrue hold, for each pair, how many more A had, and how many are true.
	right, untrue, true_ []int
}

// Compare holds two lists of plays against each other, one by one.
func Compare(a, b []*door.Seen) (Outcome, error) {
	var o Outcome
	for i := range a {
		o.Pairs++
		lost, other := apart(a[i].Counted, b[i].Counted)
		both := len(a[i].Counted) + len(b[i].Counted)
		o.Counted, o.Same = o.Counted+both, o.Same+both-lost-other
		if lost+other == 0 {
			o.PairsSame++
		}
		var sides [2]Side
		for k, s := range [2]*door.Seen{a[i], b[i]} {
			missed, untrue := apart(s.Truth, s.Counted)
			sides[k] = Side{len(s.Truth), len(s.Truth) - missed, untrue}
		}
		o.A, o.B = o.A.add(sides[0]), o.B.add(sides[1])
		o.right = append(o.right, sides[0].Right-sides[1].Right)
		o.untrue = append(o.untrue, sides[0].False-sides[1].False)
		o.true_ = append(o.true_, sides[0].True)
		if alike(a[i].Intervals, b[i].Intervals) {
			o.RecordsSame++
		}
	}
	return o, nil
}

func (s Side) add(t Side) Side { return Side{s.True + t.True, s.Right + t.Right, s.False + t.False} }

// apart pairs crossings of the same line, direction and moment, and counts those left over.
func apart(a, b []sim.Crossing) (onlyA, onlyB int) {
	type way struct {
		line    uint8
		forward bool
	}
	frames := map[way][2][]int{}
	for k, list := range [2][]sim.Crossing{a, b} {
		for _, c := range list {
			w := way{c.Line, c.Forward}
			f := frames[w]
			f[k] = append(f[k], int(c.Frame))
			frames[w] = f
		}
	}
	for _, f := range frames {
		x, y := score.Mistakes(f[0], f[1], Reach)
		onlyA, onlyB = onlyA+len(x), onlyB+len(y)
	}
	return onlyA, onlyB
}

// alike tells whether two plays gave the same counts, exactly, before anything is released.
func alike(a, b []book.Closed) bool {
	return slices.EqualFunc(a, b, func(x, y book.Closed) bool {
		return slices.Equal(x.Lines, y.Lines) && slices.Equal(x.Inside, y.Inside)
	})
}

// Kind compares the two groups of a kind of change, in the scenes that were played in both.
func (p Played) Kind(k Kind) (Outcome, error) {
	var a, b []*door.Seen
	for i := range p {
		if p[i][k.A] != nil && p[i][k.B] != nil {
			a, b = append(a, p[i][k.A]), append(b, p[i][k.B])
		}
	}
	return Compare(a, b)
}

// OtherPaths compares each scene with the next one: other walkers. It shows that the comparison can
// fail.
func (p Played) OtherPaths() (Outcome, error) {
	var a, b []*door.Seen
	for i := range p {
		a, b = append(a, p[i][Drawn]), append(b, p[(i+1)%len(p)][Drawn])
	}
	return Compare(a, b)
}
