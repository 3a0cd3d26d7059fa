// Package marks says what each cell of a cycle shows to people who look at a clip: what differs from
// the empty scene, where the line lies, and who is followed. It knows no luma.
package marks

import (
	"tellijn/counting"
	"tellijn/counting/foreground"
	"tellijn/counting/grid"
	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
)

// What a cell shows, the later over the earlier.
const (
	Empty = iota
	Shadow
	Sparse // differs, but too few around it do
	Solid  // what tracks are made of
	Line
	Person // middle of a track
)

// Cell gives what a cell shows, line and tracks aside.
func Cell(v *pipeline.View, x, y int) uint8 {
	switch c := v.Class[y*v.W+x]; {
	case v.Mask.Get(x, y):
		return Solid
	case c == foreground.Solid:
		return Sparse
	case c == foreground.Shadow:
		return Shadow
	}
	return Empty
}

// Over gives the cells, x and y, that a line goes over. Some are given more than once.
func Over(p grid.Plan, l scene.Line) (cells [][2]int) {
	const points = 4 * counting.MaxCellsX // so many leave no hole
	for i := range points {
		at := func(a, b int32, span, cells int) int {
			return min((int(a)+int(b-a)*i/(points-1))*span>>16>>8, cells-1)
		}
		cells = append(cells, [2]int{at(l.A.X, l.B.X, p.SpanX, p.W), at(l.A.Y, l.B.Y, p.SpanY, p.H)})
	}
	return cells
}
