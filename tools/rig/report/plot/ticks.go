package plot

import (
	"math"
	"strconv"
)

// Ticks gives round numbers, about so many, from at most lo to at least hi, where a billionth of a step counts as nothing.
func Ticks(lo, hi float64, about int) (all []float64) {
	if hi-lo < 1e-9*max(math.Abs(hi), 1) { // a flat curve lies in the middle
		pad := max(math.Abs(hi)/10, 1)
		lo, hi = lo-pad, hi+pad
	}
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/float64(max(about, 1)))))
	for _, by := range []float64{2, 2.5, 2} { // 1, 2, 5, 10
		if (hi-lo)/step <= float64(about) {
			break
		}
		step *= by
	}
	first := math.Floor(lo/step + 1e-9)
	for n := first; ; n++ {
		all = append(all, n*step)
		if n*step >= hi-step*1e-9 {
			return all
		}
	}
}

// number writes one shortly, with a dot for thousands left out.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	for len(s) > 1 && (s[len(s)-1] == '0' || s[len(s)-1] == '.') {
		last := s[len(s)-1]
		s = s[:len(s)-1]
		if last == '.' {
			break
		}
	}
	if s == "-0" {
		return "0"
	}
	return s
}
