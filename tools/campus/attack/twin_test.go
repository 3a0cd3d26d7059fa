package attack

import (
	"reflect"
	"slices"
	"testing"

	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

func campus(t *testing.T) *world.Campus {
	t.Helper()
	c, err := world.Build(2, 40, 15)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// late shows what came in some intervals later, or, as a correction, at the next opening.
type late struct {
	delay int
	pairs bool // in both corrections, otherwise in one
	queue []int32
	wait  int32
}

func (l *late) Step(t int, in, _ uint32) (s publish.Shown) {
	if l.delay >= 0 {
		l.queue = append(l.queue, int32(in))
		if n := len(l.queue) - 1 - l.delay; n >= 0 {
			s.In = l.queue[n]
		}
		return s
	}
	l.wait += int32(in)
	if t%world.PerDay == publish.Opens {
		s.FixIn = l.wait
		if l.pairs {
			s.FixOut = l.wait
		}
		l.wait = 0
	}
	return s
}

func (l *late) Held() (in, out int64) { return 0, 0 }

func (l *late) Clone() publish.Line {
	c := *l
	c.queue = append([]int32(nil), l.queue...)
	return &c
}

func TestTwin(t *testing.T) {
	days := 15
	// The first Wednesday is followed by the day of the weekly pairs, the first Monday is not.
	for _, c := range []struct {
		name string
		line late
		day  int
		want Seen
	}{
		{"at once", late{}, 0, Seen{Hour: true, Day: true}},
		{"within the hour", late{delay: 3}, 0, Seen{Hour: true, Day: true}},
		{"after the hour", late{delay: 4}, 0, Seen{Day: true}},
		{"within the day", late{delay: 95}, 0, Seen{Day: true}},
		{"after the day", late{delay: 96}, 0, Seen{}},
		{"in one correction", late{delay: -1}, 0, Seen{Day: true}},
		{"in one correction on the day of the pairs", late{delay: -1}, 2, Seen{Day: true}},
		{"in pairs, but every day", late{delay: -1, pairs: true}, 0, Seen{Day: true}},
		{"in the weekly pairs", late{delay: -1, pairs: true}, 2, Seen{Weekly: true}},
	} {
		from := c.day*world.PerDay + 75
		v := world.Visit{Day: c.day, From: from, Passes: []world.Pass{{In: from, Out: from + 1}}}
		n := days * world.PerDay
		counted := publish.Counted{{In: make([]uint16, n), Out: make([]uint16, n)}}
		counted.Add(v)
		line := c.line
		shown := [][]publish.Shown{make([]publish.Shown, n)}
		var then publish.Line
		for at := range n {
			if at == c.day*world.PerDay+Evening {
				then = line.Clone()
			}
			shown[0][at] = line.Step(at, uint32(counted[0].In[at]), uint32(counted[0].Out[at]))
		}
		if same := Twin([]publish.Line{then.Clone()}, counted, shown, v); same != (Seen{}) {
			t.Errorf("%s: the same world differs: %+v", c.name, same)
		}
		counted.Take(v)
		if got := Twin([]publish.Line{then}, counted, shown, v); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestWeekly: pairs come out on the day on which they are excused, and on no other.
func TestWeekly(t *testing.T) {
	c := campus(t)
	pairs := 0
	for i := range c.Rooms {
		r := &c.Rooms[i]
		rule := publish.Device()
		publish.Play(rule.Lines(1, r), rule.Count(r, nil), 0, len(r.Inside), func(_, at int, s publish.Shown) {
			if s.FixIn > 0 && s.FixOut > 0 {
				if pairs++; !Weekly(at) {
					t.Errorf("room %d: pairs in interval %d", r.Number, at)
				}
			}
		})
	}
	if pairs < 20 {
		t.Errorf("%d times pairs came out of 40 rooms in two weeks", pairs)
	}
}

// TestMarked: an evening is marked as visited if there was a visit, in each room.
func TestMarked(t *testing.T) {
	c := campus(t)
	for i := range c.Rooms {
		r := &c.Rooms[i]
		marked := make([]bool, 10)
		for _, v := range c.Visits(r, 0) {
			if v.Day < c.Days-1 {
				marked[v.Day/7*5+v.Day%7] = true
			}
		}
		var e Evenings
		e.Add(r, make([]publish.Shown, len(r.Inside)), c.Visits(r, 0))
		if !slices.Equal(marked, e.Visit) {
			t.Errorf("room %d: evenings with a visit are %v, marked are %v", r.Number, marked, e.Visit)
		}
	}
}

func TestEvenings(t *testing.T) {
	c := campus(t)
	r := &c.Rooms[0]
	visits := c.Visits(r, 0)
	shown := make([]publish.Shown, len(r.Inside))
	var quiet, loud Evenings
	quiet.Add(r, shown, visits)
	if len(quiet.Visit) != 10 || quiet.Table.Rows() != 10 { // the last day has none after it
		t.Fatalf("%d evenings, want those of 10 weekdays", len(quiet.Visit))
	}
	// What happens on the first evening is known of the first evening, what happens on the second
	// one is not.
	for at, changes := range map[int]bool{75: true, 89: true, world.PerDay + 30: true, world.PerDay + 50: true, world.PerDay + 75: false, 2*world.PerDay + 30: false} {
		shown[at].In++
		loud = Evenings{}
		loud.Add(r, shown, visits)
		if differs := !reflect.DeepEqual(loud.Table.Row(0), quiet.Table.Row(0)); differs != changes {
			t.Errorf("one more in interval %d: the first evening differs %v, want %v", at, differs, changes)
		}
		shown[at].In--
	}
	var both Evenings
	both.Append(quiet)
	both.Append(Evenings{})
	both.Append(quiet)
	if both.Table.Rows() != 20 || len(both.Room) != 20 || len(both.Visit) != 20 {
		t.Errorf("%d rows of two rooms with ten each", both.Table.Rows())
	}
}
