package world

import "math"

// Of a hundred people who come in the cameras miss two, of a hundred who go three.
const (
	missedIn  = 0.02
	missedOut = 0.03
)

// builder fills a room. Times are minutes since the start of the campus.
type builder struct {
	chance
	room *Room
	week [5][5]int // people enrolled by weekday and start
}

// starts are the minutes of the day at which classes begin; the last is rare.
func starts() [5]float64 { return [5]float64{540, 660, 795, 915, 1035} }

func (b *builder) fill(days int) {
	if b.room.Kind == Class {
		b.enrol()
	}
	for d := range days {
		switch {
		case b.room.Kind == Class && Weekday(d):
			b.classes(d)
		case b.room.Kind == Study:
			b.study(d)
		case b.room.Kind == Meeting && Weekday(d):
			b.meetings(d)
		}
		b.singles(d)
	}
	for t := 1; t < len(b.room.Inside); t++ { // changes, so far
		b.room.Inside[t] += b.room.Inside[t-1]
	}
}

// enrol draws the timetable, the same each week.
func (b *builder) enrol() {
	for day := range b.week {
		for s := range b.week[day] {
			p := 0.6
			if s == 4 {
				p = 0.12
			}
			if b.happens(p) {
				b.week[day][s] = min(b.between(10, 120), b.room.Seats)
			}
		}
	}
}

func (b *builder) classes(d int) {
	for s, start := range starts() {
		enrolled := b.week[d%7][s]
		if enrolled == 0 {
			continue
		}
		b.plan(d, s, 0.7*float64(enrolled))
		if b.happens(0.07) {
			continue // the class is not given, and nobody told the timetable
		}
		b.class(float64(d*1440)+start, b.binomial(enrolled, min(1, max(0.3, b.normal(0.75, 0.1)))))
	}
}

// plan notes what the timetable promises.
func (b *builder) plan(d, s int, people float64) {
	p := &b.room.Plan[d]
	p.All += people
	if p.First == 0 {
		p.First = people
	}
	if s == 4 {
		p.Evening = people
	}
}

// class lets n people come, some late, some only for the first half, some out in the break, a few
// out in between.
func (b *builder) class(start float64, n int) {
	pause := b.happens(0.7)
	ends := make([]float64, n)
	for i := range n {
		from, to := start-b.waits(3.5)+3, start+100+b.exponential(3)
		late, early := b.happens(0.08), b.happens(0.05)
		if late {
			from = start + b.exponential(12)
		}
		if early {
			to = start + b.uniform(40, 95)
		}
		ends[i] = to
		if pause && !late && !early && b.happens(0.35) {
			out := start + 45 + b.exponential(2)
			b.stay(from, out)
			from = out + b.uniform(3, 14)
		}
		b.stay(from, to)
	}
	for range b.poisson(0.05 * float64(n)) {
		out := start + b.uniform(15, 95)
		b.cross(out, false)
		b.cross(out+b.uniform(2, 6), true)
	}
}

// study lets people come and go all day; at closing the last are sent home.
func (b *builder) study(d int) {
	share := 0.5
	if !Weekday(d) {
		share = 0.06
	}
	for range b.poisson(float64(b.room.Seats) * share * b.uniform(0.5, 1.5) * 3) {
		from := float64(d*1440) + 480 + 720*b.beta(2, 2.6)
		b.stay(from, min(from+b.waits(45), float64(d*1440)+b.uniform(1325, 1330)))
	}
}

func (b *builder) meetings(d int) {
	for range b.poisson(1.6) {
		start := float64(d*1440 + 540 + 60*b.IntN(8))
		length := 30.0
		if b.happens(0.5) {
			length = 55
		}
		for range b.between(2, b.room.Seats-2) {
			b.stay(start+b.normal(0, 3), start+length+b.exponential(2))
		}
	}
}

// singles are people alone: by day somebody who looks in, by night the porter.
func (b *builder) singles(d int) {
	mean := 0.15
	if !Weekday(d) {
		mean = 0.02
	}
	for range b.poisson(mean) {
		from := float64(d*1440) + b.uniform(480, 1080)
		b.stay(from, from+1+b.exponential(10))
	}
	if b.happens(0.3) {
		from := float64(d*1440) + b.uniform(1330, 1790)
		b.stay(from, from+1.5)
	}
}

// stay is one person who comes and goes.
func (b *builder) stay(from, to float64) {
	b.cross(from, true)
	b.cross(max(to, from+1), false)
}

// cross notes a crossing: that it was, and, if the camera did not miss it, at which door. People
// prefer the first door.
func (b *builder) cross(minute float64, in bool) {
	r := b.room
	t := int(math.Floor(minute / 15))
	door := min(int(math.Pow(b.Float64(), 1.5)*float64(len(r.Doors))), len(r.Doors)-1)
	missed := b.Float64()
	if t < 0 || t >= len(r.Inside) {
		return
	}
	if in {
		r.Inside[t]++
		if missed >= missedIn {
			r.Doors[door].In[t]++
		}
		return
	}
	r.Inside[t]--
	if missed >= missedOut {
		r.Doors[door].Out[t]++
	}
}
