// Package fixed holds the integer arithmetic of the simulated camera: random numbers, sine and
// square root that give the same bits on every processor. It never uses floating point, a clock or
// the operating system's randomness. Every other part of hal/camera/sim stands on it.
package fixed

import "math/bits"

// Rand is the PCG-XSH-RR 64/32 generator (M. O'Neill, "PCG: A Family of Simple Fast
// Space-Efficient Statistically Good Algorithms", HMC-CS-2014-0905, section 6.3.1). The zero value
// works, but every generator should have its own seed and stream.
type Rand struct{ state, inc uint64 }

// The multiplier of the 64-bit linear congruential step in the reference above.
const pcgMultiplier = 6364136223846793005

// NewRand gives a generator; different streams of one seed have nothing in common.
func NewRand(seed, stream uint64) Rand {
	r := Rand{inc: Hash(stream, 0x7e11)<<1 | 1}
	r.state = r.inc + seed
	r.Uint32()
	return r
}

// Uint32 gives 32 random bits.
func (r *Rand) Uint32() uint32 {
	old := r.state
	r.state = old*pcgMultiplier + (r.inc | 1)
	return bits.RotateLeft32(uint32((old>>18^old)>>27), -int(old>>59))
}

// Between gives a number from lo to hi, both included; lo when hi is not above it.
func (r *Rand) Between(lo, hi int32) int32 {
	v := r.Uint32() // drawn in any case, so that a knob at rest does not shift what follows
	if hi <= lo {
		return lo
	}
	return lo + int32(uint64(v)*uint64(hi-lo+1)>>32)
}

// Peak gives a number from lo to hi, the middle more often than the ends (a triangle).
func (r *Rand) Peak(lo, hi int32) int32 {
	return (r.Between(lo, hi) + r.Between(lo, hi)) / 2
}

// Percent is true p times in a hundred.
func (r *Rand) Percent(p int32) bool { return r.Between(0, 99) < p }

// Hash mixes two numbers into one (the finaliser of SplitMix64, Steele, Lea and Flood, "Fast
// Splittable Pseudorandom Number Generators", OOPSLA 2014, figure 16).
func Hash(a, b uint64) uint64 {
	z := a*0x9e3779b97f4a7c15 + b
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Full is 1.0 in the results of Sin and Cos.
const Full = 1 << 14

// Sin gives the sine of a turn counted in 1/65536, as -Full to Full, within 0.2 %.
func Sin(turn uint16) int32 {
	x := int32(turn & 0x7fff) // half a turn
	if x > 0x4000 {
		x = 0x8000 - x // 0 to Full, a quarter of a turn
	}
	// The odd polynomial x(a - b x^2 + c x^4) through 0 and 1 with a flat top:
	// a = pi/2, b = pi - 5/2, c = pi/2 - 3/2, all in 1/16384.
	const a, b, c = 25736, 10512, 1160
	x2 := x * x >> 14
	y := x * (a - x2*(b-c*x2>>14)>>14) >> 14
	if y > Full {
		y = Full
	}
	if turn&0x8000 != 0 {
		return -y
	}
	return y
}

// Cos gives the cosine likewise.
func Cos(turn uint16) int32 { return Sin(turn + 0x4000) }

// Sqrt gives the whole part of the square root.
func Sqrt(n uint64) int64 {
	if n == 0 {
		return 0
	}
	x := uint64(1) << ((bits.Len64(n) + 1) / 2) // not below the root
	for {
		y := (x + n/x) / 2
		if y >= x {
			return int64(x)
		}
		x = y
	}
}
