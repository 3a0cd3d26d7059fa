//go:build !linux

// Package confine measures the confinement of the eye, on Linux only.
package confine

import (
	"context"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// Checks say that there is none here.
func Checks() []claim.Check {
	return []claim.Check{{Name: "confinement", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
		return []claim.Result{{Promises: []int{31, 64}, Name: "The walls of the eye", Verdict: claim.NotShown,
			Measured: "what the kernel says of a running eye", Why: "confinement is built for Linux", Command: "go run ./tools/proof -only confinement"}}, nil
	}}}
}
