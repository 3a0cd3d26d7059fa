// Package world is a campus that does not exist: rooms with seats and doors, a timetable, classes
// with latecomers, breaks and people who leave early, study rooms, small meeting rooms, porters at
// night, and a camera at each door that misses two or three crossings in a hundred. It holds no
// person: only crossings of doors, drawn from a seed, and so the same on each machine. It is the
// ground on which the small-count rule is measured, and no part of the device.
package world

import (
	"fmt"
	"runtime"
	"sync"
)

const (
	// PerDay is how many intervals of 15 minutes a day has.
	PerDay = 96
	// Monday is the civil day (days since 1 January 1970) on which the campus begins: 5 January
	// 2026. A real date, because a rule that does something weekly counts civil days.
	Monday = 20458
	// MaxRooms and MaxDays bound what is asked for, so that a slip of the keyboard fills no memory.
	MaxRooms, MaxDays = 4000, 120
)

// Kind says what a room is for.
type Kind uint8

// The kinds of rooms. Of 20 rooms 12 are for classes, 5 for study and 3 for meetings.
const (
	Class   Kind = iota // filled and emptied by the timetable
	Study               // people trickle in and out from 8 to 22 h
	Meeting             // 6 to 13 seats, taken by a few people at a time
)

// Crossings are counts of one door, one number an interval.
type Crossings struct{ In, Out []uint16 }

// Room is one room with all that happens at its doors but the evening visits, which are drawn apart
// (see Visits), so that the same crowd can be looked at with other visits.
type Room struct {
	Number int
	Kind   Kind
	Seats  int
	Doors  []Crossings // what the camera of each door counted
	Inside []int16     // people truly inside at the end of each interval
	Plan   []Plan      // of each day: what somebody who reads the timetable expects
}

// Plan is what the timetable says of a room and a day, in persons.
type Plan struct {
	All, First, Evening float64 // of the whole day; of its first class; of the class that ends at 19 h
}

// Campus is all rooms over all days.
type Campus struct {
	Seed  uint64
	Days  int
	Rooms []Room
}

// Weekday says whether classes are given on a day of the campus; it begins on a Monday.
func Weekday(day int) bool { return day%7 < 5 }

// Build draws a campus. It fails for sizes that make no sense.
func Build(seed uint64, rooms, days int) (*Campus, error) {
	if rooms < 20 || rooms > MaxRooms {
		return nil, fmt.Errorf("world: %d rooms, want 20..%d", rooms, MaxRooms)
	}
	if days < 8 || days > MaxDays {
		return nil, fmt.Errorf("world: %d days, want 8..%d; a week and a day is the least that shows a weekly number", days, MaxDays)
	}
	c := &Campus{Seed: seed, Days: days, Rooms: make([]Room, rooms)}
	c.Each(func(r *Room) { *r = furnish(seed, r.Number, days) })
	return c, nil
}

// Each calls do for every room, on all processors. Rooms are independent of each other, so their
// order changes nothing.
func (c *Campus) Each(do func(*Room)) {
	var crew sync.WaitGroup
	step := runtime.NumCPU()
	for first := range step {
		crew.Go(func() {
			for n := first; n < len(c.Rooms); n += step {
				c.Rooms[n].Number = n
				do(&c.Rooms[n])
			}
		})
	}
	crew.Wait()
}

// furnish draws one room and its crowd.
func furnish(seed uint64, number, days int) Room {
	g := chanceOf(seed, number, 0)
	r := Room{
		Number: number, Kind: kind(number),
		Inside: make([]int16, days*PerDay), Plan: make([]Plan, days),
	}
	switch r.Kind {
	case Class:
		r.Seats = g.between(16, 129)
	case Study:
		r.Seats = g.between(10, 79)
	case Meeting:
		r.Seats = g.between(6, 13)
	}
	for range doors(g, r.Kind) {
		r.Doors = append(r.Doors, Crossings{make([]uint16, days*PerDay), make([]uint16, days*PerDay)})
	}
	b := builder{chance: g, room: &r}
	b.fill(days)
	return r
}

// kind deals the kinds evenly over the numbers, so that any part of the campus has its share.
func kind(number int) Kind {
	switch number % 20 {
	case 1, 5, 9, 13, 17:
		return Study
	case 3, 10, 16:
		return Meeting
	}
	return Class
}

// doors gives the number of doors: of the larger rooms 15 in 100 have two and 5 in 100 three.
func doors(g chance, k Kind) int {
	u := g.Float64()
	switch {
	case k == Meeting || u >= 0.20:
		return 1
	case u >= 0.05:
		return 2
	}
	return 3
}
