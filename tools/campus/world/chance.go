package world

import (
	"math"
	"math/rand/v2"
)

// chance draws from the distributions of the campus.
type chance struct{ *rand.Rand }

// chanceOf is one source of chance for each purpose: a seed, a room, and what it is for. All three
// are stirred first, since generators that begin side by side may run side by side.
func chanceOf(seed uint64, room int, purpose uint64) chance {
	return chance{rand.New(rand.NewPCG(Stir(seed, purpose), Stir(seed+1, uint64(room))))}
}

// Stir makes one number of two, in which each bit hangs on all of theirs: the finisher of splitmix64
// (Steele, Lea and Flood 2014), twice.
func Stir(a, b uint64) uint64 {
	for _, n := range [...]uint64{a, b} {
		b += n + 0x9e3779b97f4a7c15
		b = (b ^ b>>30) * 0xbf58476d1ce4e5b9
		b = (b ^ b>>27) * 0x94d049bb133111eb
		b ^= b >> 31
	}
	return b
}

// happens is true with probability p.
func (g chance) happens(p float64) bool { return g.Float64() < p }

// between gives a whole number from low to high, both included.
func (g chance) between(low, high int) int { return low + g.IntN(high-low+1) }

// uniform gives a number from low up to high.
func (g chance) uniform(low, high float64) float64 { return low + (high-low)*g.Float64() }

// exponential has the given mean.
func (g chance) exponential(mean float64) float64 { return g.ExpFloat64() * mean }

// normal has the given mean and deviation.
func (g chance) normal(mean, sd float64) float64 { return mean + sd*g.NormFloat64() }

// waits is the sum of two exponential waits (gamma of shape 2), each of the given mean.
func (g chance) waits(mean float64) float64 { return g.exponential(mean) + g.exponential(mean) }

// gamma is for a shape of 1 and more, scale 1, by the squeeze of Marsaglia and Tsang (2000).
func (g chance) gamma(shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := g.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-g.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// beta is for shapes of 1 and more.
func (g chance) beta(a, b float64) float64 {
	x, y := g.gamma(a), g.gamma(b)
	return x / (x + y)
}

// poisson counts exponential waits; fit for the small means of a campus.
func (g chance) poisson(mean float64) (n int) {
	for t := g.ExpFloat64(); t < mean; t += g.ExpFloat64() {
		n++
	}
	return n
}

// binomial counts how many of n do what each does with probability p.
func (g chance) binomial(n int, p float64) (k int) {
	for range n {
		if g.happens(p) {
			k++
		}
	}
	return k
}
