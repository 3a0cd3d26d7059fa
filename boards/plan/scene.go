package plan

import (
	"fmt"

	"tellijn/counting"
	"tellijn/counting/scene"
)

// outside is the hint for every coordinate.
const outside = "outside the picture; coordinates go from 0 (left, top) to 1 (right, bottom)"

// Scene checks the table and turns it into the units of counting/scene.
func (s *Scene) Scene(name, text string) (out scene.Scene, err error) {
	bad := func(key, format string, args ...any) (scene.Scene, error) {
		return scene.Scene{}, At(name, text, "scene."+key, format, args...)
	}
	area, ok := parts(s.PersonArea, 1e6)
	if !ok || area < scene.MinPersonArea || area > scene.MaxPersonArea {
		return bad("person_area", "%v of the picture, want %v to %v: the part that one person near the line covers; walk through once and measure",
			s.PersonArea, scene.MinPersonArea/1e6, scene.MaxPersonArea/1e6)
	}
	out.PersonArea = area
	if len(s.Lines) < 1 {
		return bad("line", "there is none; a counter needs at least one [[scene.line]] with from and to")
	}
	if n := len(s.Lines); n > counting.MaxLines {
		return bad(fmt.Sprintf("line[%d]", counting.MaxLines), "%d lines, at most %d", n, counting.MaxLines)
	}
	if n := len(s.Zones); n > counting.MaxZones {
		return bad(fmt.Sprintf("zone[%d]", counting.MaxZones), "%d zones, at most %d", n, counting.MaxZones)
	}
	for i, l := range s.Lines {
		a, okA := point(l.From)
		b, okB := point(l.To)
		if !okA {
			return bad(fmt.Sprintf("line[%d].from", i), "%v is %s", l.From, outside)
		}
		if !okB {
			return bad(fmt.Sprintf("line[%d].to", i), "%v is %s", l.To, outside)
		}
		out.Lines[i] = scene.Line{A: a, B: b}
		// Checked one at a time, so that the error can say where it stands.
		one := scene.Scene{PersonArea: area, NLines: 1}
		one.Lines[0] = out.Lines[i]
		if one.Check() != nil {
			return bad(fmt.Sprintf("line[%d].to", i), "%v is too near to from %v; a line is at least 1/50 of the picture long", l.To, l.From)
		}
	}
	out.NLines = len(s.Lines)
	for i, z := range s.Zones {
		key := fmt.Sprintf("zone[%d].corners", i)
		if n := len(z.Corners); n < 3 || n > counting.MaxCorners {
			return bad(key, "%d corners, want 3 to %d", n, counting.MaxCorners)
		}
		for k, c := range z.Corners {
			p, ok := point(c)
			if !ok {
				return bad(key, "corner %v is %s", c, outside)
			}
			out.Zones[i].Corners[k] = p
		}
		out.Zones[i].N = len(z.Corners)
		one := out
		one.Zones[0], one.NZones = out.Zones[i], 1
		if one.Check() != nil {
			return bad(key, "they enclose no area; list them in order around the zone")
		}
	}
	out.NZones = len(s.Zones)
	if err := out.Check(); err != nil {
		return bad("line", "%v", err)
	}
	return out, nil
}
