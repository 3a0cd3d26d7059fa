package leaving

import (
	"fmt"
	"math/rand/v2"
	"reflect"

	"tellijn/firmware/warden/book"
	"tellijn/privacy/record"
)

// alone is what came of visits that were added to the crowd of a device.
type alone struct {
	visits, seen int
	weekly       int // visits that changed a weekly number, which they may
	where        []string
}

// visit is people who come while nobody else is there and go again.
type visit struct {
	day, in, stay int // quarters of the day
	people        uint32
}

// visits lets a device count the same crowd with and without a visit, some of them for each of so many
// weeks, and compares every record up to the end.
func visits(seed uint64, bare bool, crowds, each int, people uint32) (a alone, err error) {
	g := rand.New(rand.NewPCG(seed, 2))
	for n := range crowds {
		crowd := g.Uint64()
		without, err := live(crowd, bare, visit{})
		if err != nil {
			return a, err
		}
		for range each {
			// In the evening of a day, of the night before the first opening too; classes are over at 18 h.
			v := visit{day: g.IntN(lived(bare) - 1), in: 4*18 + 1 + g.IntN(4*4-4), stay: 1 + g.IntN(3), people: people}
			with, err := live(crowd, bare, v)
			if err != nil {
				return a, err
			}
			a.visits++
			at, weekly := differ(without, with)
			if weekly {
				a.weekly++
			}
			if at != "" {
				a.seen++
				a.where = append(a.where, fmt.Sprintf("crowd %d, day %d, quarter %d: %s", n, v.day, v.in, at))
			}
		}
	}
	return a, nil
}

// days that a device lives: to the third release of pairs; one that signs, to the first.
const days = 18

func lived(bare bool) int {
	if bare {
		return days
	}
	return 4
}

// live plays a device with a crowd, and with a visit if there are people in it. Everybody of the crowd has
// gone when classes are over.
func live(crowd uint64, bare bool, v visit) (*device, error) {
	g, d := rand.New(rand.NewPCG(crowd, 3)), newDevice("north-door", 1, 1)
	d.bare = bare
	for n := range lived(bare) * 96 {
		i := d.crowd(g, n)
		day, minute := d.day(n)
		if minute == 18*60-15 { // the last ones go: nobody is left over
			i.lines[0] = book.Line{Backward: uint32(max(d.counted[0][0]-d.counted[0][1], 0))}
			i.inside[0] = 0
		} else if more := d.counted[0][1] + int64(i.lines[0].Backward) - d.counted[0][0] - int64(i.lines[0].Forward); more > 0 {
			i.lines[0].Forward += uint32(more) // nobody goes who did not come
		}
		if v.people > 0 && day == v.day {
			switch q := minute / 15; {
			case q == v.in:
				i.lines[0].Forward += v.people
				i.inside[0] += uint16(v.people)
			case q > v.in && q < v.in+v.stay:
				i.inside[0] += uint16(v.people)
			case q == v.in+v.stay:
				i.lines[0].Backward += v.people
			}
		}
		if err := d.close(n, i, 0, 0); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// differ gives the first record and field in which two lives differ, but for those that say once a week
// how many came and went; and whether those differ.
func differ(a, b *device) (where string, weekly bool) {
	for n := range a.records {
		x, y := blank(a.records[n]), blank(b.records[n])
		lx, ly := x.Lines[0], y.Lines[0]
		if lx.CorrectedForward != ly.CorrectedForward {
			if !pairs(n) {
				return fmt.Sprintf("record %d, pairs out of their turn", n), weekly
			}
			weekly = true
		}
		// A pair adds the same to both, so what is left of corrections must be the same.
		if int64(lx.CorrectedForward)-int64(lx.CorrectedBackward) != int64(ly.CorrectedForward)-int64(ly.CorrectedBackward) {
			return fmt.Sprintf("record %d, corrections", n), weekly
		}
		if int64(lx.TotalForward)-int64(lx.TotalBackward) != int64(ly.TotalForward)-int64(ly.TotalBackward) {
			return fmt.Sprintf("record %d, totals", n), weekly
		}
		if lx.TotalForward != ly.TotalForward && !weekly {
			return fmt.Sprintf("record %d, totals before any pairs", n), weekly
		}
		for _, l := range []*record.Line{&x.Lines[0], &y.Lines[0]} {
			l.CorrectedForward, l.CorrectedBackward, l.TotalForward, l.TotalBackward = 0, 0, 0, 0
		}
		if at := fields(&x, &y); at != "" {
			return fmt.Sprintf("record %d, %s", n, at), weekly
		}
	}
	return "", weekly
}

// pairs tells whether the n-th record is one that may tell pairs: the first of a day's hours, on the first
// day and on each whose number since 1970 can be divided by 7.
func pairs(n int) bool {
	day := n / 96
	return n%96 == 4*7+2 && (day == 0 || (monday/86_400+day)%7 == 0)
}

// blank leaves out what ties records together, which differs once anything does.
func blank(r record.Record) record.Record {
	r.Previous = record.Hash{}
	r.Lines, r.Zones = append([]record.Line{}, r.Lines...), append([]uint16{}, r.Zones...)
	return r
}

// fields tells by their encoding whether two records are the same, and names what differs.
func fields(a, b *record.Record) string {
	switch x, y := a.Lines[0], b.Lines[0]; {
	case x.Forward != y.Forward || x.Backward != y.Backward:
		return fmt.Sprintf("people %d, %d and %d, %d", x.Forward, x.Backward, y.Forward, y.Backward)
	case x.Level != y.Level:
		return fmt.Sprintf("level %d and %d", x.Level, y.Level)
	case a.Zones[0] != b.Zones[0]:
		return fmt.Sprintf("zone %d and %d", a.Zones[0], b.Zones[0])
	}
	if !reflect.DeepEqual(a, b) {
		return "something else"
	}
	return ""
}
