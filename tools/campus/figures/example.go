package figures

import (
	"tellijn/tools/campus/measure"
	"tellijn/tools/campus/world"
)

// Example is five working days of one room, as it was and as each rule shows it.
type Example struct {
	What   string  // of the room, for people
	Inside []int32 // the truth at the end of each interval
	Guess  map[string][]int32
}

// week of the campus that is shown, so that what a rule carries has had time to build up.
const shownWeek = 1

// examples are a room for classes and one for study, the first of their kind of a middling size and
// with one door.
func examples(c *world.Campus, trials []trial) (all []Example) {
	for _, want := range []struct {
		kind world.Kind
		what string
	}{{world.Class, "A room for classes"}, {world.Study, "A room to study in"}} {
		for i := range c.Rooms {
			r := &c.Rooms[i]
			if r.Kind == want.kind && len(r.Doors) == 1 && r.Seats >= 55 && r.Seats <= 79 {
				all = append(all, example(c, r, want.what, trials))
				break
			}
		}
	}
	return all
}

func example(c *world.Campus, r *world.Room, what string, trials []trial) Example {
	from := shownWeek * 7 * world.PerDay
	to := min(from+5*world.PerDay, len(r.Inside))
	e := Example{What: what, Guess: map[string][]int32{}}
	for _, t := range trials {
		if !t.several {
			g := measure.Play(t.rule, c, r, 0, c.Visits(r, 0))
			e.Inside, e.Guess[t.name] = g.Inside[from:to], g.Guess[from:to]
		}
	}
	return e
}
