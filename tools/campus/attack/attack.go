// Package attack tries to find out from published counts whether a cleaner was in a room in an
// evening. Three attackers of growing means: one looks for a number that is high; one has learned
// from other rooms and knows the timetable; one knows everything but the visit itself, even the
// secrets of the device, and compares the world with it to the world without. A rule of release is
// judged by how little they find, so an attacker that finds nothing in raw counts is a defect. It
// is no part of the device.
package attack

import "math"

// Advantage is what an attacker gains: the share of visits found less the share of evenings without
// a visit that were taken for one. Guessing gives 0, knowing gives 1.
type Advantage struct {
	Visits, Empty int // evenings with and without a visit that were judged
	Found, False  int // of these, said to have one
}

// Value is from -1 to 1; a little under 0 is bad luck.
func (a Advantage) Value() float64 { return a.found() - a.false() }

// Error is the standard error of Value.
func (a Advantage) Error() float64 {
	f, e := a.found(), a.false()
	return math.Sqrt(f*(1-f)/float64(max(a.Visits, 1)) + e*(1-e)/float64(max(a.Empty, 1)))
}

func (a Advantage) found() float64 { return float64(a.Found) / float64(max(a.Visits, 1)) }
func (a Advantage) false() float64 { return float64(a.False) / float64(max(a.Empty, 1)) }

// judge books one evening.
func (a *Advantage) judge(visit, said bool) {
	switch {
	case visit && said:
		a.Visits, a.Found = a.Visits+1, a.Found+1
	case visit:
		a.Visits++
	case said:
		a.Empty, a.False = a.Empty+1, a.False+1
	default:
		a.Empty++
	}
}

// with adds up the evenings of two groups of rooms.
func (a Advantage) with(b Advantage) Advantage {
	return Advantage{a.Visits + b.Visits, a.Empty + b.Empty, a.Found + b.Found, a.False + b.False}
}

// Folds is into how many groups of rooms the campus is divided; no attacker is tried on a room from
// which it learned anything.
const Folds = 4

// fold gives the group of a room. Each stretch of 20 rooms has the kinds of room in their shares.
func fold(room int) int { return room / 20 % Folds }
