package body

import (
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/look"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/play"
)

// Fit scales figures so that a plain walker covers area millionths of the picture on average over
// these places, both ways across (cos, sin) and moments all over a step. That is what a walk over
// the line at commissioning would measure; how far figures lean there is part of it.
func (d *Painter) Fit(area int32, places []path.Point, cos, sin int32) {
	goal := int64(area) * int64(len(d.c.Luma)) * int64(len(places)) * moments / 1_000_000
	for range 3 {
		sum := int64(0)
		for _, p := range places {
			for i := range int32(moments) {
				way := 1 - i%2*2
				sum += d.cover(&play.Person{Look: look.Look{Size: 100, Body: 60, Legs: 60, Head: 60}, At: p,
					Cos: way * cos, Sin: way * sin, Phase: uint16(i * 65536 / moments), Stride: 220})
			}
		}
		if sum == 0 {
			return
		}
		// Areas go with the square of lengths: half of the relative difference.
		d.build = min(max(d.build*fixed.Sqrt(uint64(goal)<<20/uint64(sum))>>10, 400), 2000)
	}
}

// moments of a step that Fit looks at.
const moments = 4

// cover counts the pixels that are more than half covered by a person.
func (d *Painter) cover(p *play.Person) (n int64) {
	d.c.Clear()
	d.Person(p)
	g := d.figure(p)
	half := byte(g.ink(60, 0).Luma / 2)
	for _, v := range d.c.Luma {
		if v > half {
			n++
		}
	}
	d.c.Clear()
	return n
}
