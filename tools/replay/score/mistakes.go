package score

import "slices"

// Mistakes pairs true and counted frames within tolerance frames, as many as can be, and lists those
// that are left over, each list in order: true ones that were missed, and counted ones that were
// false. Both may be in any order. Taking the earliest that fits is best, since all reach equally
// far; where another choice would be as good, which of two is left over says nothing.
func Mistakes(truth, counted []int, tolerance int) (missed, untrue []int) {
	truth, counted = slices.Sorted(slices.Values(truth)), slices.Sorted(slices.Values(counted))
	i := 0
	for _, t := range truth {
		for i < len(counted) && counted[i] < t-tolerance {
			untrue = append(untrue, counted[i])
			i++
		}
		if i < len(counted) && counted[i] <= t+tolerance {
			i++
			continue
		}
		missed = append(missed, t)
	}
	return missed, append(untrue, counted[i:]...)
}
