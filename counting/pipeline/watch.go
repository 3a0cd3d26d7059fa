package pipeline

import (
	"tellijn/counting"
	"tellijn/counting/crossing"
	"tellijn/counting/track"
)

// View is what Watched shows of one cycle: which cells differ, and the tracks. It holds no luma, and
// is valid only while it is shown.
type View struct {
	W, H   int // cells
	Mask   *counting.Bits
	Class  []uint8 // foreground.Clear, Solid or Shadow for each cell
	Tracks *track.Table
}

// Watched is Count for people who look at a clip from a file: it shows the cycle before scratch is
// wiped. No program of a device may call it; tools/rules checks that.
func (p *Pipeline) Watched(sequence uint32, show func(*View)) []crossing.Crossing {
	relit := p.detect(sequence)
	show(&View{p.plan.W, p.plan.H, &p.foreground.Mask, p.foreground.Class[:p.plan.W*p.plan.H], &p.tracks})
	return p.finish(sequence, relit)
}
