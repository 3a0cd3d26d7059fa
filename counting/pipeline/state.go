package pipeline

import (
	"tellijn/counting"
	"tellijn/counting/blob"
	"tellijn/counting/crossing"
	"tellijn/counting/foreground"
	"tellijn/counting/grid"
	"tellijn/counting/tally"
	"tellijn/counting/track"
)

// scratch lives for one cycle and is wiped at its end.
type scratch struct {
	grid       grid.Grid
	foreground foreground.Scratch
	track      track.Scratch
	known      blob.Known
}

// carry lives from cycle to cycle: a picture of the empty scene in cells, and the tracks. It is
// wiped at stop.
type carry struct {
	model     foreground.Model
	tracks    track.Table
	protected counting.Flat
	counter   crossing.Counter
	lone      blob.Lone
	tally     tally.Tally
	lifetimes tally.Lifetimes
	last      uint32 // sequence number of the last cycle
	started   bool
	crowd     [counting.MaxZones]uint16 // people in each zone after the last cycle
}
