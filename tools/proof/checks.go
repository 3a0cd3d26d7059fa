package main

import (
	"slices"

	"tellijn/tools/proof/attacks"
	"tellijn/tools/proof/attributes"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/confine"
	"tellijn/tools/proof/datamap"
	"tellijn/tools/proof/forensics"
	"tellijn/tools/proof/leaving"
	"tellijn/tools/proof/machine"
	"tellijn/tools/proof/space"
	"tellijn/tools/proof/static"
	"tellijn/tools/proof/texts"
)

// checks is the whole list, in the order in which they begin: the longest first, so that none is left
// alone at the end. A check that is not here is not run.
func checks() []claim.Check {
	return slices.Concat(
		machine.Checks(onArm64()),
		attributes.Checks(),
		static.Checks(),
		space.Checks(),
		leaving.Checks(),
		forensics.Checks(),
		attacks.Checks(),
		confine.Checks(),
		datamap.Checks(),
		texts.Checks(),
	)
}

// onArm64 are the attacks that are made on the emulated board too: some of each kind, and those that need
// a camera of the kernel. All of them are made on this machine.
func onArm64() machine.Hostile {
	return machine.Hostile{Folder: attacks.Hostile, Tags: attacks.Tags,
		Drawn:  []string{"open", "socket", "exec", "fork", "memfd", "longer", "words", "ptrace", "io-uring", "kill", "early-socket"},
		Camera: []string{"camera-export", "camera-format", "settling-words", "settling-camera-format", "panic"}}
}
