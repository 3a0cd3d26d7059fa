package attacks

import (
	"fmt"
	"math"

	"tellijn/counting"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/claim"
)

// command repeats what the checks say.
const command = "go run ./tools/proof -only attacks"

// What the bounds are stated for: one line, one zone, 30 frames a second, and the shortest interval
// that somebody would choose for a real door.
const (
	rate      = 30 // frames a second
	seconds   = 60 // of a record
	perDay    = 86_400 / seconds
	qualities = 5 // bits that counting may set, see counting/tally
)

// Bound is how much an eye that means harm can say at most, in bits a day.
type Bound struct {
	Timing  float64 // by when it sends its tallies: it shows as coverage only
	Numbers float64 // by all numbers of a record that come from it, timing included
}

// Capacity computes the bound from the checks of privacy/wire: the logarithm of the number of records
// that the warden would make of what it lets pass. It is an upper bound; the real channel is smaller,
// since people who cross are in the same numbers.
func Capacity() Bound {
	frames := float64(rate * seconds)
	pairs := func(most float64) float64 { return math.Log2((most + 1) * (most + 2) / 2) } // a, b >= 0 with a + b <= most
	coverage := pairs(frames)
	crossings := pairs(counting.MaxTracks * (frames + 1))
	zone := pairs(counting.MaxTracks)
	drops := math.Log2(counting.MaxCells*(frames+1) + 1)
	lifetimes := 2 * math.Log2(wire.MaxLifetime+1)
	return Bound{Timing: coverage * perDay,
		Numbers: (coverage + crossings + zone + drops + math.Log2(frames+1) + lifetimes + qualities) * perDay}
}

// connects tells whether a manifest lets a program make a connection.
func connects(m sandbox.Manifest) bool {
	for _, c := range m.Calls {
		if c.Name == "socket" || c.Name == "connect" {
			return true
		}
	}
	return false
}

// capacity states the bound, and what of it leaves the device.
func capacity() claim.Result {
	b := Capacity()
	r := claim.Result{Promises: []int{28, 31}, Name: "Hidden signals of an eye that was taken over", Command: command,
		Measured: "an eye that was taken over says something by when it sends tallies, or by numbers that could be true",
		Figure: fmt.Sprintf("at most %.0f bits a day by timing, %.0f by all numbers of records of %d s (one line, one zone, %d frames a second); "+
			"0 of it leaves the device, since no program may make a connection", b.Timing, b.Numbers, seconds, rate),
		Verdict: claim.Held}
	for _, m := range []sandbox.Manifest{sandbox.Courier("/", 1), sandbox.Warden(3, 1), eyes.Counts(eyes.Eye{})} {
		if connects(m) {
			r.Verdict, r.Why = claim.Short, "want no connection while records carry exact numbers; "+m.Program+" may make one"
		}
	}
	return r
}
