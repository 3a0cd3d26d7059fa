//go:build !linux

// Package forensics searches the memory of programs for frames, on Linux only.
package forensics

import (
	"context"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// Checks say that nothing is searched here.
func Checks() []claim.Check {
	return []claim.Check{{Name: "forensics", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
		return []claim.Result{{Promises: []int{5, 28, 30, 82}, Name: "Memory of the eye", Verdict: claim.NotShown,
			Measured: "the memory of the eye is searched for frames", Why: "memory of other programs is searched on Linux only",
			Command: "go run ./tools/proof -only forensics"}}, nil
	}}}
}
