package play

import (
	"slices"
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/stage"
)

// group is who arrives together: one or two people.
type group struct {
	people [2]Person
	n      int
}

// tries at finding a way that runs into nobody, before the arrival waits a little.
const tries = 8

// arrive brings the next person or two into the scene, or lets them wait when there is no room.
func (w *World) arrive(note func(path.Crossing)) {
	late := 0
	for attempt := range uint64(tries) {
		r := fixed.NewRand(fixed.Hash(w.seed, 0xa77), w.arrivals*tries+attempt)
		var g group
		w.plan(&g, &r)
		if w.tooLate(&g) {
			late++
			continue
		}
		if !w.free(&g) {
			continue
		}
		w.enter(&g, note)
		w.arrivals++
		w.next += w.gap(&r, g.n)
		return
	}
	w.over = late == tries
	w.arrivals++
	w.next += 300 * time.Millisecond
}

func (w *World) gap(r *fixed.Rand, people int) time.Duration {
	least, most := w.k.GapLeast, w.k.GapMost
	if w.k.Crowd > 0 {
		mean := int32(people) * 60_000 / w.k.Crowd
		least, most = mean/2, mean*3/2
	}
	return time.Duration(r.Between(least, most)) * time.Millisecond
}

// tooLate tells whether the group would still be there at the end of the script.
func (w *World) tooLate(g *group) bool {
	if w.end == 0 {
		return false
	}
	last := time.Duration(w.end-1) * w.interval
	for i := range g.people[:g.n] {
		if g.people[i].way.End() > last {
			return true
		}
	}
	return false
}

// free tells whether there are places for the group and nobody is walked into.
func (w *World) free(g *group) bool {
	places := 0
	for i := range w.People {
		o := &w.People[i]
		if !o.on || o.way.End() < w.next {
			places++
			continue
		}
		for j := range g.people[:g.n] {
			if meets(&g.people[j], o) {
				return false
			}
		}
	}
	return places >= g.n
}

// meets tells whether two people come closer than bodies do.
func meets(a, b *Person) bool {
	const step = 120 * time.Millisecond
	near := int64(stage.Part(135))
	if a.Trolley || a.Case || b.Trolley || b.Case || a.Umbrella || b.Umbrella {
		near = int64(stage.Part(210))
	}
	for t := max(a.way.Start(), b.way.Start()); t < min(a.way.End(), b.way.End()); t += step {
		d := a.way.At(t).Sub(b.way.At(t))
		if int64(d.X)*int64(d.X)+int64(d.Y)*int64(d.Y) < near*near {
			return true
		}
	}
	return false
}

// enter puts the group into free places and reads their crossings.
func (w *World) enter(g *group, note func(path.Crossing)) {
	j := 0
	for i := range w.People {
		o := &w.People[i]
		if o.on && o.way.End() >= w.next {
			continue
		}
		if j == g.n {
			return
		}
		*o = g.people[j]
		o.on, o.Number = true, w.entered
		w.entered++
		end := w.end
		if end == 0 {
			end = 1<<32 - 1
		}
		o.crossing, o.n = path.Read(&o.way, w.stage.Lines, w.interval, end)
		slices.SortFunc(o.crossing[:o.n], func(a, b path.Crossing) int { return int(a.Frame) - int(b.Frame) })
		for _, c := range o.crossing[:o.n] {
			if note != nil {
				note(c)
			}
		}
		j++
	}
}
