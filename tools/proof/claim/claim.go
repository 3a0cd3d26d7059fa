// Package claim holds what a check of the proof gives back: a promise by its number, what was
// measured, the figure, and whether it held. It measures nothing itself, and has no way to say
// "held" without a figure. It stands outside the data path, for tools/proof and its parts.
package claim

import (
	"context"
	"fmt"

	"tellijn/tools/proof/bench"
)

// Verdict is what became of a promise.
type Verdict uint8

// The verdicts. The zero value is none of them, so that a forgotten one shows.
const (
	Held     Verdict = 1 // measured, and as promised
	Short    Verdict = 2 // measured, and not as promised
	NotShown Verdict = 3 // not measured here; Why says the reason
)

// String is the word in tables.
func (v Verdict) String() string {
	switch v {
	case Held:
		return "held"
	case Short:
		return "fell short"
	case NotShown:
		return "not shown here"
	}
	return fmt.Sprintf("verdict(%d)", uint8(v))
}

// Result is one measured sentence.
type Result struct {
	// Promises are the numbers of the requirements that it speaks to, 1 to 88.
	Promises []int
	// Name is what the table calls it: unique, and in plain words that go before the figure and a
	// colon, such as "Memory of the eye after each frame". It does not say what came out. What only shows that
	// a check can fail begins with "Control".
	Name string
	// Measured says in plain words what was measured.
	Measured string
	// Figure is what came out, with its unit, such as "0 of 614,400 windows found". Never empty
	// for Held and Short.
	Figure  string
	Verdict Verdict
	// Why is the reason of NotShown, and for Short what was wanted.
	Why string
	// Command repeats just this.
	Command string
}

// Check measures one thing. An error means that it could not run at all, which is neither held nor
// short: the proof then ends with 2.
type Check struct {
	Name string
	Run  func(ctx context.Context, b *bench.Bench) ([]Result, error)
	// Alone is for checks that time something: nothing runs beside them.
	Alone bool
}

// Judge is Held if ok, or Short.
func Judge(ok bool) Verdict {
	if ok {
		return Held
	}
	return Short
}
