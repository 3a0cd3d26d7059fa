// Package figures measures the small-count rule of the device on a campus: what three attackers
// find out about cleaners alone in the evening, and what the counts are still good for, side by
// side with raw counts, a threshold and noise. All of it follows from a seed. It says how well
// people who do not exist are hidden and counted; a building is another matter.
package figures

import (
	"fmt"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/measure"
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// Draws is how often the evening visits are drawn anew for the same crowd: what an attacker finds
// by luck shrinks with it.
const Draws = 8

// MinRooms is the smallest campus on which attackers can learn.
const MinRooms = 20 * attack.Folds

// Figures is what was measured.
type Figures struct {
	Seed        uint64
	Rooms, Days int
	Doors       int // all doors of all rooms
	Lines       int // of which each is published by itself: a room's doors are one
	Rows        []Row
	Alone       Row // the rule of the device with each door by itself, in rooms of two and three doors
	Weak        Weak
	Examples    []Example
}

// Row is one rule.
type Row struct {
	Name      string
	Threshold attack.Advantage
	Boosted   attack.Advantage
	Lone      measure.Seen // visits of one person
	Seen      measure.Seen // all visits: of one, two or three
	Use       measure.Use
	Week      measure.Week
	Lost      int64 // crossings neither published nor held, all lines; noise that was added counts too
	MostLost  int64 // of the worst line
}

// The names of the rows.
const (
	Raw       = "raw counts"
	Ours      = "tellijn"
	Threshold = "threshold 5"
	Laplace   = "Laplace, epsilon 1"
)

// Row gives a row by its name.
func (f *Figures) Row(name string) (r Row) {
	for _, r = range f.Rows {
		if r.Name == name {
			return r
		}
	}
	return Row{}
}

// Run measures. Progress is told what is done, from 0 to 1; it may be nil. It fails for sizes that
// make no sense, and if the rule of the device lost or invented a crossing.
func Run(seed uint64, rooms, days int, progress func(done float64, what string)) (f Figures, err error) {
	if progress == nil {
		progress = func(float64, string) {}
	}
	if rooms < MinRooms {
		return f, fmt.Errorf("figures: %d rooms, want %d or more, so that attackers can learn", rooms, MinRooms)
	}
	progress(0, "people come and go")
	c, err := world.Build(seed, rooms, days)
	if err != nil {
		return f, fmt.Errorf("figures: %w", err)
	}
	f = Figures{Seed: seed, Rooms: rooms, Days: days, Lines: rooms}
	for _, r := range c.Rooms {
		f.Doors += len(r.Doors)
	}
	trials := rules()
	for i, t := range trials {
		progress(float64(i+1)/float64(len(trials)+2), t.name)
		row, err := t.run(c)
		if err != nil {
			return f, err
		}
		if t.several {
			f.Alone = row
		} else {
			f.Rows = append(f.Rows, row)
		}
	}
	progress(float64(len(trials)+1)/float64(len(trials)+2), "groups and rounds")
	f.Weak = weak(c)
	f.Examples = examples(c, trials)
	progress(1, "done")
	return f, nil
}

// rules are what is compared, in the order in which it is printed.
func rules() []trial {
	apart := publish.Device()
	apart.Apart = true
	return []trial{
		{name: Raw, rule: publish.Raw()},
		{name: Ours, rule: publish.Device(), keeps: true},
		{name: Threshold, rule: publish.Threshold(5)},
		{name: Laplace, rule: publish.Laplace(1)},
		{name: "tellijn, each door alone", rule: apart, keeps: true, several: true},
	}
}
