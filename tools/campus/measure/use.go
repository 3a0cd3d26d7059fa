package measure

import (
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// Use is what the published counts are good for while the campus is open, from 7:30 to 22:00 on all
// days. Shares are of 1.
type Use struct {
	Open       Off     // in all intervals
	Occupied   Off     // in those at the end of which somebody is inside: harder
	UsedDays   float64 // of the days on which 5 or more were in a room: shown used that day
	Used       float64 // of the intervals with 5 or more inside: shown used
	EmptyUsed  float64 // of the intervals with nobody inside: shown used nevertheless
	WrongClass float64 // of the occupied intervals: free, filling and full mixed up
}

// Off is how far from the truth a reader is, in persons.
type Off struct {
	Mean     float64
	P95, Max int
	UpTo     []float64 // share of the intervals with an error of at most 0, 1, 2 ... 64
}

const (
	Someone = 5    // as many inside make a room used; fewer are nobody's business
	filling = 0.50 // of the seats
	full    = 0.85
	worst   = 500 // larger errors count as this one
)

// Tally counts what a reader gets right.
type Tally struct {
	open, occupied         errors
	used, usedShown        int
	empty, emptyShown      int
	days, daysShown, wrong int
	today, shownToday      bool
}

// errors counts intervals by how many persons the reader was off.
type errors [worst + 1]int

// See takes one interval of one room.
func (y *Tally) See(r *world.Room, truth, guess int32, used bool, t int) {
	off := min(int(max(truth-guess, guess-truth)), worst)
	y.open[off]++
	if truth > 0 {
		y.occupied[off]++
		y.wrong += one(class(r, truth) != class(r, guess))
	} else {
		y.empty++
		y.emptyShown += one(used)
	}
	if truth >= Someone {
		y.used++
		y.usedShown += one(used)
		y.today = true
	}
	y.shownToday = y.shownToday || used
	if t%world.PerDay == publish.Closes-1 {
		if y.today {
			y.days++
			y.daysShown += one(y.shownToday)
		}
		y.today, y.shownToday = false, false
	}
}

// class is what a board at the entrance says: free, filling or full.
func class(r *world.Room, people int32) int {
	f := float64(people) / float64(r.Seats)
	return one(f >= filling) + one(f >= full)
}

// Add adds up two rooms.
func (y *Tally) Add(o Tally) {
	for i := range y.open {
		y.open[i] += o.open[i]
		y.occupied[i] += o.occupied[i]
	}
	y.used, y.usedShown = y.used+o.used, y.usedShown+o.usedShown
	y.empty, y.emptyShown = y.empty+o.empty, y.emptyShown+o.emptyShown
	y.days, y.daysShown, y.wrong = y.days+o.days, y.daysShown+o.daysShown, y.wrong+o.wrong
}

// Shares gives shares and means.
func (y *Tally) Shares() (u Use) {
	u.Open, u.Occupied = y.open.off(), y.occupied.off()
	u.UsedDays, u.Used = share(y.daysShown, y.days), share(y.usedShown, y.used)
	u.EmptyUsed, u.WrongClass = share(y.emptyShown, y.empty), share(y.wrong, y.occupied.all())
	return u
}

func (e *errors) all() (n int) {
	for _, m := range e {
		n += m
	}
	return n
}

func (e *errors) off() (o Off) {
	all, sum, seen := e.all(), 0, 0
	for off, n := range e {
		if n > 0 {
			o.Max = off
			if seen < all-all/20 {
				o.P95 = off
			}
		}
		sum, seen = sum+off*n, seen+n
		if off <= 64 {
			o.UpTo = append(o.UpTo, share(seen, all))
		}
	}
	o.Mean = share(sum, all)
	return o
}
