// Package boost learns to tell two classes apart from numbers: gradient-boosted trees with logistic
// loss on binned features, after Friedman (2001) with the second-order leaves of Chen and Guestrin
// (2016). It is the strong attacker of the campus simulation and is deterministic: no row and no
// feature is drawn by chance. It knows nothing of campuses, and no part of a device uses it.
package boost

import (
	"fmt"
	"math"
)

// Table is rows of numbers, all of the same width, in one piece.
type Table struct {
	Width  int
	Values []float32
}

// Rows is the number of rows.
func (t Table) Rows() int {
	if t.Width == 0 {
		return 0
	}
	return len(t.Values) / t.Width
}

// Row is one row; it is not copied.
func (t Table) Row(n int) []float32 { return t.Values[n*t.Width : (n+1)*t.Width] }

// Add appends a row.
func (t *Table) Add(row []float32) { t.Values = append(t.Values, row...) }

// Options bound what is learned.
type Options struct {
	Trees  int     // how many
	Depth  int     // splits from root to leaf
	Least  int     // rows that a leaf must have
	Rate   float64 // how much of each tree is believed, above 0 and at most 1
	Shrink float64 // pulls leaves with few rows towards 0; 0 and more
}

// Standard is fit for some ten thousand rows.
func Standard() Options { return Options{Trees: 60, Depth: 4, Least: 40, Rate: 0.12, Shrink: 2} }

// Model is what was learned.
type Model struct {
	base  float64
	trees []tree
}

// Train learns when a row is of the class. It fails if there is nothing to learn from: no rows, or
// all of one class.
func Train(t Table, class []bool, o Options) (*Model, error) {
	if t.Rows() == 0 || t.Rows() != len(class) {
		return nil, fmt.Errorf("boost: %d rows for %d classes, want as many of both, and some", t.Rows(), len(class))
	}
	yes := 0
	for _, c := range class {
		if c {
			yes++
		}
	}
	if yes == 0 || yes == len(class) {
		return nil, fmt.Errorf("boost: %d of %d rows are of the class, want some and not all", yes, len(class))
	}
	m := &Model{base: math.Log(float64(yes) / float64(len(class)-yes))}
	g := newGrower(t, o)
	score := make([]float64, len(class))
	for i := range score {
		score[i] = m.base
	}
	for range o.Trees {
		for i, c := range class {
			p := 1 / (1 + math.Exp(-score[i]))
			g.pull[i] = pull{float32(p), float32(p * (1 - p))}
			if c {
				g.pull[i].slope--
			}
		}
		m.trees = append(m.trees, g.grow(score))
	}
	return m, nil
}

// Score is the log odds that a row is of the class.
func (m *Model) Score(row []float32) float64 {
	s := m.base
	for _, t := range m.trees {
		s += t.value(row)
	}
	return s
}

// tree is its nodes; the first is the root.
type tree []node

// node is a split, or a leaf if its feature is negative.
type node struct {
	feature int
	upTo    float32 // rows with no more than this go to low
	low     int
	high    int
	value   float64
}

func (t tree) value(row []float32) float64 {
	n := 0
	for t[n].feature >= 0 {
		if row[t[n].feature] <= t[n].upTo {
			n = t[n].low
		} else {
			n = t[n].high
		}
	}
	return t[n].value
}
