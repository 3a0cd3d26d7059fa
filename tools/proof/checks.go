package main

import (
	"slices"

	"tellijn/tools/proof/attacks"
	"tellijn/tools/proof/attributes"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/datamap"
	"tellijn/tools/proof/space"
	"tellijn/tools/proof/static"
	"tellijn/tools/proof/texts"
)

// checks is the whole list, in the order in which they begin. A check that is not here is not run.
func checks() []claim.Check {
	return slices.Concat(
		datamap.Checks(),
		texts.Checks(),
		static.Checks(),
		attacks.Checks(),
		space.Checks(),
		attributes.Checks(),
	)
}
