package boost

import "slices"

// bins is how many steps a feature is cut into at most: a split is looked for between steps only,
// which makes a search over all rows a search over 64 sums.
const bins = 64

// cut gives for each feature the upper ends of its steps, and for each feature and row its step.
func cut(t Table) (ends [][]float32, steps [][]uint8) {
	n := t.Rows()
	column := make([]float32, n)
	for f := range t.Width {
		for i := range n {
			column[i] = t.Values[i*t.Width+f]
		}
		e := quantiles(column)
		s := make([]uint8, n)
		for i, v := range column {
			at, _ := slices.BinarySearch(e, v)
			s[i] = uint8(min(at, len(e)-1))
		}
		ends, steps = append(ends, e), append(steps, s)
	}
	return ends, steps
}

// quantiles gives at most bins different values, as evenly over the rows as ties allow; the last is
// the largest.
func quantiles(column []float32) (ends []float32) {
	sorted := slices.Clone(column)
	slices.Sort(sorted)
	distinct := slices.Compact(slices.Clone(sorted))
	if len(distinct) <= bins {
		return distinct
	}
	for b := 1; b <= bins; b++ {
		ends = append(ends, sorted[b*len(sorted)/bins-1])
	}
	return slices.Compact(ends)
}
