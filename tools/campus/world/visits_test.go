package world

import (
	"math"
	"reflect"
	"testing"
)

func TestVisits(t *testing.T) {
	c := campus(t, 7, 400, 14)
	var evenings, people [4]float64
	all := 0.0
	for i := range c.Rooms {
		r := &c.Rooms[i]
		evenings[0] += 10
		last := -1
		for _, v := range c.Visits(r, 0) {
			all++
			people[len(v.Passes)]++
			if v.Day <= last || !Weekday(v.Day) {
				t.Fatalf("room %d: a visit on day %d, after day %d", r.Number, v.Day, last)
			}
			last = v.Day
			if at := v.From - v.Day*PerDay; at < 72 || at > 87 {
				t.Errorf("room %d: a visit from interval %d of its day", r.Number, at)
			}
			for _, p := range v.Passes {
				if p.In < v.From || p.Out < p.In || p.Out > v.From+3 || p.InDoor >= len(r.Doors) || p.OutDoor >= len(r.Doors) {
					t.Errorf("room %d of %d doors: pass %+v of a visit from %d", r.Number, len(r.Doors), p, v.From)
				}
			}
		}
	}
	if share := all / evenings[0]; math.Abs(share-0.5) > 0.03 {
		t.Errorf("visits in %.3f of the evenings, want 0.5", share)
	}
	for n, want := range []float64{0, 0.45, 0.35, 0.20} {
		if share := people[n] / all; math.Abs(share-want) > 0.04 {
			t.Errorf("%.3f of the visits are of %d people, want %.2f", share, n, want)
		}
	}
}

func TestDrawsOfVisits(t *testing.T) {
	c := campus(t, 8, 20, 14)
	r := &c.Rooms[0]
	if !reflect.DeepEqual(c.Visits(r, 0), c.Visits(r, 0)) {
		t.Error("the same draw gives other visits")
	}
	if reflect.DeepEqual(c.Visits(r, 0), c.Visits(r, 1)) {
		t.Error("another draw gives the same visits")
	}
	if reflect.DeepEqual(c.Visits(r, 0), c.Visits(&c.Rooms[1], 0)) {
		t.Error("two rooms have the same visits")
	}
}

func TestGroup(t *testing.T) {
	c := campus(t, 9, 20, 8)
	v := c.Group(&c.Rooms[0], 2, 5, 3)
	if len(v.Passes) != 5 || v.Day != 2 || v.From/PerDay != 2 {
		t.Fatalf("group %+v", v)
	}
	for _, p := range v.Passes {
		if p != (Pass{0, v.From, 0, v.From + 3}) {
			t.Errorf("pass %+v of a group from %d", p, v.From)
		}
	}
}
