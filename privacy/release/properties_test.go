package release

import (
	"fmt"
	"strings"
)

// findings are how often a property was checked and what broke it first.
type findings struct {
	visits, moved, weekly                            int
	reboots, gaps, setBack, surrenders, adopts, late int // what happened to the streams
	broken                                           map[string]string
}

func (f *findings) add(property string, at int, what any) {
	if f.broken == nil {
		f.broken = map[string]string{}
	}
	if f.broken[property] == "" {
		f.broken[property] = strings.TrimPrefix(fmt.Sprintf("moment %d: %+v", at, what), "moment 0: ")
	}
}

// happened counts what a stream went through.
func (f *findings) happened(m *moment, back bool) {
	for _, c := range []struct {
		yes bool
		n   *int
	}{
		{m.reboot, &f.reboots}, {m.gap, &f.gaps}, {back, &f.setBack}, {m.surrender, &f.surrenders},
		{m.adopt != [3]uint32{}, &f.adopts}, {m.late != [2]uint32{}, &f.late},
	} {
		if c.yes {
			*c.n++
		}
	}
}

// sum adds the findings of others.
func (f *findings) sum(o findings) {
	f.visits, f.moved, f.weekly = f.visits+o.visits, f.moved+o.moved, f.weekly+o.weekly
	f.reboots, f.gaps, f.setBack = f.reboots+o.reboots, f.gaps+o.gaps, f.setBack+o.setBack
	f.surrenders, f.adopts, f.late = f.surrenders+o.surrenders, f.adopts+o.adopts, f.late+o.late
	for p, what := range o.broken {
		f.add(p, 0, what)
	}
}

// examine runs a stream and looks at the seven properties.
func (s *stream) examine(step rule, f *findings, seed uint64) {
	states := make([]Line, 0, len(s.moments))
	w := watch{stream: s, f: f, day: -1, week: -1}
	out := s.live(step, Line{}, 0, nobody(), make([]Out, 0, len(s.moments)), func(i int, l *Line, o Out) {
		w.look(i, l, o)
		states = append(states, *l)
	})
	if len(out) < len(s.moments) {
		f.add("state", len(out), "its own bytes are refused")
		return
	}
	if s.single {
		s.lone(step, f, seed, states, out)
	}
}

// watch follows a stream with sums of its own.
type watch struct {
	*stream
	f                 *findings
	counted, released [2]int64 // and adopted; and surrendered
	last              Line
	day, week, until  int64
}

func (w *watch) look(i int, l *Line, o Out) {
	m := &w.moments[i]
	w.book(m, o)
	k, start, p := uint32(w.policy.K), m.slot.at(), &w.policy
	if forward, backward := l.Carried(); w.released[0]+forward != w.counted[0] || w.released[1]+backward != w.counted[1] || forward < 0 || backward < 0 {
		w.f.add("P1", i, *l) // released + carried = counted, never ahead of the truth
	}
	if l.in-l.out != l.level-l.shown+l.imbalance || l.check() != nil {
		w.f.add("P2", i, *l) // what is carried net is known
	}
	if o.Forward%k != 0 || o.Backward%k != 0 || o.Forward != 0 && o.Backward != 0 {
		w.f.add("P3", i, o) // multiples of K, one direction
	}
	end := start + p.minutes()
	back := end <= w.until
	w.until = max(w.until, end)
	w.f.happened(m, back)
	if m.slot.Minute+int(p.minutes()) <= p.Open || m.slot.Minute+int(p.minutes()) > p.Close || back {
		if o != (Out{}) {
			w.f.add("P4", i, o) // silence outside the window, and while the clock is behind
		}
		w.last = *l
		return
	}
	if c, d := o.CorrectedForward, o.CorrectedBackward; m.slot.Day == w.day && c+d > 0 || min(c, d) > 0 && m.slot.Day/7 <= w.week {
		w.f.add("P4", i, o) // corrections once a day, pairs once a week
	} else if min(c, d) > 0 {
		w.week = m.slot.Day / 7
		w.f.weekly++
	}
	if w.day = m.slot.Day; !w.single {
		w.last = *l
		return
	}
	if e := l.level - l.shown; e < 0 || e > 2*int64(k)-2 || int64(o.Level) != l.shown {
		w.f.add("P5", i, *l) // the error is bounded
	}
	if moved := l.shown - w.last.shown; moved != int64(o.Forward)-int64(o.Backward) && m.adopt[2] == 0 && !passed(w.last.until, end, p.Anchor) {
		w.f.add("P5", i, *l) // the level moves only by people who are published
	}
	w.last = *l
}

func (w *watch) book(m *moment, o Out) {
	if m.surrender { // what was carried before this moment is out of its hands
		w.released[0] += w.last.in
		w.released[1] += w.last.out
	}
	w.counted[0] += int64(m.forward) + int64(m.adopt[0]) + int64(m.late[0])
	w.counted[1] += int64(m.backward) + int64(m.adopt[1]) + int64(m.late[1])
	w.released[0] += int64(o.Forward) + int64(o.CorrectedForward)
	w.released[1] += int64(o.Backward) + int64(o.CorrectedBackward)
}
