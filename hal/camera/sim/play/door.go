package play

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/path"
)

// The door leaf hangs beside the line, on the side people come from when they go forward: 0.9 m
// wide, its hinge 1.4 persons before the line. Its tip stays clear of the line.
const (
	leafLength = one * 2
	leafBefore = one * 14 / 10
	doorRoom   = leafLength + one/4 // of the line that people leave free for it
	openTime   = 900 * time.Millisecond
	closeTime  = 2500 * time.Millisecond
)

// swing opens the leaf when somebody is near the line and lets it fall shut afterwards.
func (w *World) swing() {
	if w.k.Door == 0 {
		return
	}
	near := false
	for i := range w.People {
		if p := &w.People[i]; p.Visible() {
			d := w.Distance(p)
			near = near || max(d, -d) < part(220)
		}
	}
	if near {
		w.Leaf = min(w.Leaf+int32(w.interval*1000/openTime), 1000)
	} else {
		w.Leaf = max(w.Leaf-int32(w.interval*1000/closeTime), 0)
	}
}

// Door gives hinge and tip of the leaf; ok is false when there is no door.
func (w *World) Door() (hinge, tip path.Point, ok bool) {
	if w.k.Door == 0 {
		return hinge, tip, false
	}
	a := &w.lane
	hinge = a.at(part(15), -leafBefore)
	// Shut it lies along the line, open it points away from it.
	turn := uint16(w.Leaf * 0x4000 / 1000)
	cos, sin := int64(fixed.Cos(turn)), int64(fixed.Sin(turn))
	tip = hinge.Add(a.along.Times(int32(leafLength * cos >> 14))).Add(a.forward.Times(int32(-leafLength * sin >> 14)))
	return hinge, tip, true
}
