package tally

import "math/bits"

// Lifetimes collects how long frames lived in a fixed histogram: eight steps to each doubling, so
// that a percentile is known within an eighth.
type Lifetimes struct {
	steps [8 * 32]uint32
	total uint32
}

// Add notes one frame's lifetime in microseconds.
func (l *Lifetimes) Add(us uint32) {
	if l.total == 1<<32-1 {
		return
	}
	l.steps[step(us)]++
	l.total++
}

// P999 gives an upper bound in microseconds that at most one frame in a thousand exceeds.
func (l *Lifetimes) P999() uint32 {
	above := l.total / 1000
	var n uint32
	for i := len(l.steps) - 1; i >= 0; i-- {
		n += l.steps[i]
		if n > above {
			return upper(i)
		}
	}
	return 0
}

// step is exact below 16 us; above, the top four bits choose it.
func step(us uint32) int {
	if us < 16 {
		return int(us)
	}
	shift := bits.Len32(us) - 4
	return min(8*(shift+1)+int(us>>shift&7), 8*32-1)
}

// upper is the largest lifetime of a step.
func upper(i int) uint32 {
	if i < 16 {
		return uint32(i)
	}
	shift := i/8 - 1
	return uint32((uint64(8+i%8)+1)<<shift - 1)
}
