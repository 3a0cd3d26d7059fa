package boost

// grower grows trees on the same rows again and again.
type grower struct {
	options Options
	ends    [][]float32
	steps   [][]uint8
	pull    []pull  // by row
	rows    []int32 // all rows, sorted by node while a tree grows
	aside   []int32
}

// pull is the first and second derivative of the loss at a row.
type pull struct{ slope, curve float32 }

func newGrower(t Table, o Options) *grower {
	n := t.Rows()
	g := &grower{options: o, pull: make([]pull, n), rows: make([]int32, n), aside: make([]int32, n)}
	g.ends, g.steps = cut(t)
	return g
}

// sums are over the rows of a step or a node.
type sums struct {
	slope, curve float64
	rows         int
}

func (s *sums) add(o sums)      { s.slope += o.slope; s.curve += o.curve; s.rows += o.rows }
func (s sums) less(o sums) sums { return sums{s.slope - o.slope, s.curve - o.curve, s.rows - o.rows} }

// gain is how much the loss falls by giving these rows a leaf of their own, times two.
func (s sums) gain(shrink float64) float64 { return s.slope * s.slope / (s.curve + shrink) }

// histogram is the sums of a node by feature and step.
type histogram [][bins]sums

// grow makes one tree and adds what it says to the score of each row.
func (g *grower) grow(score []float64) (t tree) {
	for i := range g.rows {
		g.rows[i] = int32(i)
	}
	var h histogram
	if g.options.Depth > 0 {
		h = g.look(g.rows)
	}
	g.node(&t, g.rows, h, g.options.Depth, score)
	return t
}

// node adds a node for the rows, and those below it, and gives its number. It uses up the histogram,
// which a leaf need not have.
func (g *grower) node(t *tree, rows []int32, h histogram, depth int, score []float64) int {
	at := len(*t)
	*t = append(*t, node{feature: -1})
	if depth > 0 && len(rows) >= 2*g.options.Least {
		if feature, step, ok := g.split(h, rows); ok {
			low := g.part(rows, feature, step)
			lows, highs := g.children(rows, low, h, depth-1)
			n := node{feature: feature, upTo: g.ends[feature][step]}
			n.low = g.node(t, rows[:low], lows, depth-1, score)
			n.high = g.node(t, rows[low:], highs, depth-1, score)
			(*t)[at] = n
			return at
		}
	}
	all := g.total(rows)
	v := -g.options.Rate * all.slope / (all.curve + g.options.Shrink)
	(*t)[at].value = v
	for _, r := range rows {
		score[r] += v
	}
	return at
}

// children gives the histograms of both sides of a split. Only the smaller side is looked at; the
// other is what is left of the whole.
func (g *grower) children(rows []int32, low int, whole histogram, depth int) (lows, highs histogram) {
	if depth == 0 {
		return nil, nil
	}
	small, swapped := rows[:low], false
	if 2*low > len(rows) {
		small, swapped = rows[low:], true
	}
	lows, highs = g.look(small), whole
	for f := range whole {
		for s := range g.ends[f] {
			highs[f][s] = whole[f][s].less(lows[f][s])
		}
	}
	if swapped {
		return highs, lows
	}
	return lows, highs
}

func (g *grower) total(rows []int32) (all sums) {
	for _, r := range rows {
		all.add(sums{float64(g.pull[r].slope), float64(g.pull[r].curve), 1})
	}
	return all
}

// split finds the feature and step after which the loss falls most.
func (g *grower) split(h histogram, rows []int32) (feature, step int, ok bool) {
	all := g.total(rows)
	best := all.gain(g.options.Shrink) + 1e-6
	for f := range h {
		var low sums
		for s := range len(g.ends[f]) - 1 {
			low.add(h[f][s])
			high := all.less(low)
			if low.rows < g.options.Least || high.rows < g.options.Least {
				continue
			}
			if gain := low.gain(g.options.Shrink) + high.gain(g.options.Shrink); gain > best {
				best, feature, step, ok = gain, f, s, true
			}
		}
	}
	return feature, step, ok
}

// look adds up the rows by feature and step. A feature with one step can split nothing.
func (g *grower) look(rows []int32) histogram {
	h := make(histogram, len(g.steps))
	for f, steps := range g.steps {
		if len(g.ends[f]) < 2 {
			continue
		}
		sum := &h[f]
		for _, r := range rows {
			s := &sum[steps[r]%bins]
			s.slope += float64(g.pull[r].slope)
			s.curve += float64(g.pull[r].curve)
			s.rows++
		}
	}
	return h
}

// part sorts the rows into those up to the step and those above it, each in their old order, and
// gives the number of the first.
func (g *grower) part(rows []int32, feature, step int) (low int) {
	steps, aside := g.steps[feature], g.aside[:0]
	for _, r := range rows {
		if int(steps[r]) <= step {
			rows[low] = r
			low++
		} else {
			aside = append(aside, r)
		}
	}
	copy(rows[low:], aside)
	return low
}
