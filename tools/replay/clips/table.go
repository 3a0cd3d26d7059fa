package clips

import (
	"fmt"
	"io"
)

// Head writes the heads of the columns.
func Head(w io.Writer) {
	fmt.Fprintf(w, "%-62s %6s %7s %8s %9s %9s  %s\n", "clip", "frames", "grid", "cells a", "crossings", "ns a", "MJPEG: lowest coefficients against full decode")
	fmt.Fprintf(w, "%-62s %6s %7s %8s %9s %9s  %s\n", "", "", "", "person", "fwd + bwd", "frame", "grey levels, each for units and for cells")
}

// Print writes the row.
func (r *Row) Print(w io.Writer) {
	if r.Err != nil {
		fmt.Fprintf(w, "%-62.62s not counted\n", r.Name)
		return
	}
	p, n := &r.Result.Plan, &r.Result
	fmt.Fprintf(w, "%-62.62s %6d %7s %8.1f %9s %9d", r.Name, n.Frames, fmt.Sprintf("%dx%d", p.W, p.H), float64(p.Person)/256,
		fmt.Sprintf("%d + %d", len(n.Way(0, true)), len(n.Way(0, false))), n.Nanos)
	if d := r.MJPEG; d != nil {
		fmt.Fprintf(w, "  mean %.2f %.2f, worst %.1f %.1f (%d frames)", d.Units.Mean, d.Cells.Mean, d.Units.Worst, d.Cells.Worst, d.Frames)
	}
	if n.Damaged > 0 {
		fmt.Fprintf(w, "  %d damaged frames passed over", n.Damaged)
	}
	fmt.Fprintln(w)
}
