package crossing

import "tellijn/counting/scene"

// line is one counting line in cells, 1/256.
type line struct {
	ax, ay int32
	dx, dy int32 // A to B
	length int32
}

// set places a line given in parts of the picture; spanX and spanY are the picture's size in 1/256
// cell.
func (l *line) set(in scene.Line, spanX, spanY int) {
	l.ax, l.ay = int32(int64(in.A.X)*int64(spanX)>>16), int32(int64(in.A.Y)*int64(spanY)>>16)
	bx, by := int32(int64(in.B.X)*int64(spanX)>>16), int32(int64(in.B.Y)*int64(spanY)>>16)
	l.dx, l.dy = bx-l.ax, by-l.ay
	l.length = max(1, root(int64(l.dx)*int64(l.dx)+int64(l.dy)*int64(l.dy)))
}

// distance gives how far x, y is to the right-hand side of the line, and how far along it.
func (l *line) distance(x, y int32) (across, along int32) {
	rx, ry := int64(x-l.ax), int64(y-l.ay)
	dx, dy, n := int64(l.dx), int64(l.dy), int64(l.length)
	return int32((dx*ry - dy*rx) / n), int32((rx*dx + ry*dy) / n)
}

func root(n int64) int32 {
	r := int64(0)
	for bit := int64(1) << 30; bit > 0; bit >>= 1 {
		if (r+bit)*(r+bit) <= n {
			r += bit
		}
	}
	return int32(r)
}
