package publish

import (
	"math"
	"math/rand/v2"

	"tellijn/tools/campus/world"
)

// Raw publishes what was counted.
func Raw() Rule {
	return Rule{Name: "raw", New: func(Key) Line { return raw{} }}
}

type raw struct{}

func (raw) Step(_ int, in, out uint32) Shown { return Shown{In: int32(in), Out: int32(out)} }
func (raw) Held() (in, out int64)            { return 0, 0 }
func (r raw) Clone() Line                    { return r }

// Threshold shows counts under least as nothing and forgets them.
func Threshold(least int32) Rule {
	return Rule{Name: "threshold", New: func(Key) Line { return threshold(least) }}
}

type threshold int32

func (t threshold) Step(_ int, in, out uint32) Shown {
	return Shown{In: t.pass(in), Out: t.pass(out)}
}

func (t threshold) pass(n uint32) int32 {
	if int32(n) < int32(t) {
		return 0
	}
	return int32(n)
}

func (threshold) Held() (in, out int64) { return 0, 0 }
func (t threshold) Clone() Line         { return t }

// Laplace adds noise of scale 1/epsilon to each number of each interval, rounds, and shows nothing
// below zero: a count cannot be negative, and users do not believe one that is.
func Laplace(epsilon float64) Rule {
	return Rule{Name: "Laplace", New: func(k Key) Line { return laplace{k, 1 / epsilon} }}
}

type laplace struct {
	key   Key
	scale float64
}

// Step draws its noise from the key and the interval, so the same world has the same noise.
func (l laplace) Step(interval int, in, out uint32) Shown {
	g := rand.New(rand.NewPCG(world.Stir(l.key.Seed, uint64(l.key.Room)), world.Stir(uint64(l.key.Door), uint64(interval))))
	return Shown{In: l.noisy(g, in), Out: l.noisy(g, out)}
}

func (l laplace) noisy(g *rand.Rand, n uint32) int32 {
	return int32(max(0, math.Round(float64(n)+l.scale*(g.ExpFloat64()-g.ExpFloat64()))))
}

func (laplace) Held() (in, out int64) { return 0, 0 }
func (l laplace) Clone() Line         { return l }
