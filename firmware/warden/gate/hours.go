package gate

import (
	"math"
	"slices"
	"time"

	"tellijn/boards/plan"
	"tellijn/privacy/approval"
)

// Hours are when the camera may have power, by the clock of a place. They turn into moments so:
//
//   - It is open only while a clock on the wall shows a time from From up to, not including, To, on a day of
//     the week that has this span and is not closed.
//   - Where clocks are put forward, the hour that is left out is missing: what would open in it opens when it is over.
//   - Where clocks are put back, the wall shows an hour twice. Each span opens once all the same: of the pieces
//     that the wall clock would give it, the longest counts, and of equal ones the first.
//   - Spans that touch are one, also over midnight.
type Hours struct {
	Week  plan.Week
	Place *time.Location
}

// period is from (included) to (not included), Unix seconds.
type period struct{ from, to int64 }

// horizon is how many days ahead are looked at: a week without hours, all closed days in a row, and a week more.
const horizon = plan.MaxClosed + 16

const (
	hour  = 3600
	never = math.MaxInt64
)

// Open tells whether t lies in the hours.
func (h *Hours) Open(t time.Time) bool {
	_, open, _ := h.at(t.Unix())
	return open
}

// at gives the span or the pause that t lies in. Of a span that goes on for many days it gives the part that
// is known now. A pause before which or behind which nothing comes ends never.
func (h *Hours) at(t int64) (p period, open bool, next int64) {
	day := dateOf(time.Unix(t, 0).In(h.Place))
	var spans []period // in order, apart
	for d := -2; d <= horizon; d++ {
		for _, s := range h.on(add(day, d)) {
			if n := len(spans); n > 0 && s.from <= spans[n-1].to {
				spans[n-1].to = max(spans[n-1].to, s.to)
			} else {
				spans = append(spans, s)
			}
		}
		if n := len(spans); n > 0 && d >= 2 && spans[n-1].from > t {
			break
		}
	}
	before := int64(math.MinInt64)
	for _, s := range spans {
		if t < s.from {
			return period{before, s.from}, false, s.from
		}
		if t < s.to {
			return s, true, 0
		}
		before = s.to
	}
	return period{before, never}, false, 0
}

// on gives the spans of one day, in order.
func (h *Hours) on(d plan.Date) (out []period) {
	if slices.Contains(h.Week.Closed, d) {
		return nil
	}
	midnight := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) // as if the place were at Greenwich
	for _, s := range h.Week.Days[midnight.Weekday()] {
		if p := h.longest(midnight.Unix()+60*int64(s.From), midnight.Unix()+60*int64(s.To)); p.from < p.to {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b period) int { return int(a.from - b.from) })
	return out
}

// longest gives the longest time during which the wall clock shows from to to, as if at Greenwich.
func (h *Hours) longest(from, to int64) (best period) {
	var piece period
	for t := time.Unix(from-24*hour, 0).In(h.Place); ; {
		start, end := t.ZoneBounds()
		if !start.IsZero() && start.After(t) || !end.IsZero() && !end.After(t) {
			// On the last day of a leap year Go 1.26 gives bounds that t is not within, where a zone goes by its
			// rule for all years to come. Pieces of an hour are joined to the same.
			start, end = t, t.Add(time.Hour)
		}
		_, offset := t.Zone()
		p := period{from - int64(offset), to - int64(offset)}
		if !start.IsZero() {
			p.from = max(p.from, start.Unix())
		}
		if !end.IsZero() {
			p.to = min(p.to, end.Unix())
		}
		if p.from < p.to {
			if p.from <= piece.to && piece.from < piece.to {
				p.from = min(p.from, piece.from) // it goes on over the change
			}
			if piece = p; p.to-p.from > best.to-best.from {
				best = p
			}
		}
		if end.IsZero() || end.Unix() > to+24*hour {
			return best
		}
		t = end
	}
}

// dateOf is the day of t at its place.
func dateOf(t time.Time) plan.Date {
	y, m, d := t.Date()
	return plan.Date{Year: y, Month: m, Day: d}
}

// add gives the day so many days later.
func add(d plan.Date, days int) plan.Date {
	return dateOf(time.Date(d.Year, d.Month, d.Day+days, 12, 0, 0, 0, time.UTC))
}

// Form writes hours as an approval has them.
func Form(w plan.Week, zone string) approval.Hours {
	h := approval.Hours{Zone: zone, Days: make([][]uint16, 7), Closed: []uint32{}}
	for i, spans := range w.Days {
		h.Days[i] = []uint16{}
		for _, s := range spans {
			h.Days[i] = append(h.Days[i], uint16(s.From), uint16(s.To))
		}
	}
	for _, d := range w.Closed {
		h.Closed = append(h.Closed, uint32(d.Year*10_000+int(d.Month)*100+d.Day))
	}
	return h
}
