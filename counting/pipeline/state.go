package pipeline

import (
	"fmt"

	"tellijn/counting"
	"tellijn/counting/blob"
	"tellijn/counting/crossing"
	"tellijn/counting/foreground"
	"tellijn/counting/grid"
	"tellijn/counting/tally"
	"tellijn/counting/track"
	"tellijn/privacy/wipe"
)

// Memory is where the state of a pipeline lives. The parts are apart since they need not lie in the
// same kind of memory: carry stays for hours. Each begins where any number may, as whole pages do.
type Memory struct {
	Scratch []byte // at least as many bytes as Sizes says
	Carry   []byte
}

// Sizes are the bytes that the parts of Memory must have at least.
func Sizes() (inScratch, inCarry int) { return wipe.Size[scratch](), wipe.Size[carry]() }

// heap is memory for those who do not bring their own.
func heap() Memory {
	a, b := Sizes()
	return Memory{make([]byte, a), make([]byte, b)}
}

// place lays out both parts. Neither may hold a pointer: the collector does not look into this memory.
func (m Memory) place() (*scratch, *carry, error) {
	s, err := wipe.Place[scratch](m.Scratch)
	if err != nil {
		return nil, nil, fmt.Errorf("pipeline: scratch: %w", err)
	}
	c, err := wipe.Place[carry](m.Carry)
	if err != nil {
		return nil, nil, fmt.Errorf("pipeline: carry: %w", err)
	}
	return s, c, nil
}

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
