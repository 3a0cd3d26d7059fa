//go:build !linux

package attacks

import (
	"context"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// Checks say that attacks are shown on Linux only.
func Checks() []claim.Check {
	return []claim.Check{{Name: "attacks", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
		return []claim.Result{{Promises: []int{28, 31, 64}, Name: "Attacks by an eye that was taken over", Verdict: claim.NotShown,
			Measured: "an eye that was taken over tries what an eye may not", Why: "confinement is built for Linux",
			Command: "go run ./tools/proof -only attacks"}}, nil
	}}}
}
