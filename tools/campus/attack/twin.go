package attack

import (
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// Evening is the interval of a day from which on twins differ: 18:00. Lines are cloned there.
const Evening = evening

// Seen says when the world with a visit can be told from the world without it by anything that is
// published, if all else is known, secrets included.
type Seen struct {
	Hour, Day bool // within an hour and within a day of the beginning of the visit
	Weekly    bool // the weekly number of pairs differs within a day; it does not count for the others
}

// Twin plays the evening of a visit again without it, or with one that had not been, and compares.
// Lines are as they were at 18:00 of the day (they are stepped: give clones), other is what the
// lines count in the other world, and shown is what they published in the first one.
func Twin(lines []publish.Line, other publish.Counted, shown [][]publish.Shown, v world.Visit) (s Seen) {
	end := min(v.From+world.PerDay, len(shown[0]))
	publish.Play(lines, other, v.Day*world.PerDay+evening, end, func(line, t int, p publish.Shown) {
		differs, weekly := compare(shown[line][t], p, Weekly(t))
		s.Weekly = s.Weekly || weekly
		if differs {
			s.Day = true
			s.Hour = s.Hour || t < v.From+4
		}
	})
	return s
}

// Weekly says whether the number of pairs is published in this interval: at opening, on one day of
// the week.
func Weekly(interval int) bool {
	return interval%world.PerDay == publish.Opens && (world.Monday+interval/world.PerDay)%7 == 0
}

// compare says whether anything differs, and whether the weekly number does. The number of pairs is
// added to both corrections, so their difference must be the same.
func compare(a, b publish.Shown, week bool) (differs, weekly bool) {
	if week && a.FixIn-a.FixOut == b.FixIn-b.FixOut {
		weekly = a.FixIn != b.FixIn
		b.FixIn, b.FixOut = a.FixIn, a.FixOut
	}
	return a != b, weekly
}
