package stage

import (
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/path"
)

// The door leaf hangs beside the line, on the side people come from when they go forward: 0.9 m
// wide, its hinge 1.4 persons before the line. Its tip stays clear of the line.
const (
	leafLength = one * 2
	leafBefore = one * 14 / 10
	doorRoom   = leafLength + one/4 // of the line that people leave free for it
)

// Leaf gives hinge and tip of the door leaf, open from 0 to 1000.
func (a *Lane) Leaf(open int32) (hinge, tip path.Point) {
	hinge = a.At(Part(15), -leafBefore)
	// Shut it lies along the line, open it points away from it.
	turn := uint16(open * 0x4000 / 1000)
	cos, sin := int64(fixed.Cos(turn)), int64(fixed.Sin(turn))
	return hinge, hinge.Add(a.along.Times(int32(leafLength * cos >> 14))).Add(a.forward.Times(int32(-leafLength * sin >> 14)))
}
