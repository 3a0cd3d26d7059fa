package record

import (
	"tellijn/counting/tally"
	"tellijn/privacy/layers"
)

// firstLayer is the quality bit of the first layer of privacy/layers. The bits below are those of
// counting/tally, with room for more.
const firstLayer = 16

// anyQuality are the quality bits that there are.
const anyQuality = tally.Relit | tally.Crowded | tally.Full | tally.Starved | tally.Coarse | uint32(layers.All)<<firstLayer

// Lacking gives the quality bits of a record in which these layers held the eye in, and no other: one
// bit for each layer that did not.
func Lacking(held layers.Layers) uint32 { return uint32(layers.All&^held) << firstLayer }

// Held gives the layers that held the eye in during all of the record. Where no frame was counted
// it gives all, for there was no eye to hold.
func (r *Record) Held() layers.Layers { return layers.All &^ layers.Layers(r.Quality>>firstLayer) }
