// Package steps joins all sentences that a scenario of the rig may have. It does nothing itself. It is for the rig,
// outside the data path.
package steps

import (
	"slices"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/steps/basic"
	"tellijn/tools/rig/steps/camera"
	"tellijn/tools/rig/steps/card"
	"tellijn/tools/rig/steps/memory"
	"tellijn/tools/rig/steps/network"
	"tellijn/tools/rig/steps/programs"
	"tellijn/tools/rig/steps/supply"
)

// All gives the steps of every area, in the order in which a list shows them.
func All() []bench.Step {
	return slices.Concat(
		basic.Steps(),
		camera.Steps(),
		card.Steps(),
		memory.Steps(),
		network.Steps(),
		programs.Steps(),
		supply.Steps(),
	)
}
