package release

import (
	"math/rand/v2"
	"time"
)

// moment is one slot of a stream: what comes before it, and what is counted in it.
type moment struct {
	slot              Slot
	reboot            bool      // the state goes through its bytes
	gap, skip         bool      // the power was off before; the gap is skipped by hand
	adopt             [3]uint32 // a door comes back to this head
	late              [2]uint32 // tallies of a day before
	surrender         bool      // this door goes back to its head
	forward, backward uint32
}

// stream is a life of one line of 8 to 16 days: crowds, miscounts, reboots, hours without power,
// days on which clocks are changed, a clock that is set back.
type stream struct {
	policy  Policy
	secret  [32]byte
	single  bool
	moments []moment
}

func newStream(seed uint64) stream {
	g := rand.New(rand.NewPCG(seed, 0x7e))
	s := stream{policy: Default(), single: g.IntN(10) < 7}
	for i := range s.secret {
		s.secret[i] = byte(g.Uint32())
	}
	if g.IntN(3) == 0 {
		s.policy = coarser(g)
	}
	s.moments = calendar(g, s.policy.minutes())
	s.crowd(g)
	s.troubles(g)
	return s
}

// coarser draws a policy that Check takes.
func coarser(g *rand.Rand) Policy {
	p := Default()
	p.K, p.M = 3+g.IntN(5), 100+g.IntN(200)
	p.Interval = []time.Duration{15, 20, 30, 60}[g.IntN(4)] * time.Minute
	p.Open += g.IntN(120)
	p.Close -= g.IntN(120)
	p.Evening = p.Open + 60 + g.IntN(p.Close-p.Open-60)
	p.Anchor = g.IntN(p.Open - 180)
	return p
}

// calendar gives the slots of 8 or more days; on some an hour is missing or comes twice, sometimes
// the clock is set back for up to 4 slots.
func calendar(g *rand.Rand, interval int64) (out []moment) {
	day := []int64{0, 20412, 20415, 20779}[g.IntN(4)]
	for last := day + 8 + 8*int64(g.IntN(2)); day < last; day++ {
		change := g.IntN(12)
		for m := int64(0); m < dayMinutes; m += interval {
			if change == 0 && m >= 120 && m < 180 {
				continue
			}
			out = append(out, moment{slot: Slot{day, int(m)}})
			if change == 1 && m+interval == 180 {
				for again := int64(120); again < 180; again += interval {
					out = append(out, moment{slot: Slot{day, int(again)}})
				}
			}
			if g.IntN(1500) == 0 {
				for back := max(m-3*interval, 0); back <= m; back += interval {
					out = append(out, moment{slot: Slot{day, int(back)}})
				}
			}
		}
	}
	return out
}

// crowd lets people come in bursts and leave in bursts, and miscounts some.
func (s *stream) crowd(g *rand.Rand) {
	inside, burst := 0, []int{0, 1, 2, 8, 40, 90}
	for i := range s.moments {
		m := &s.moments[i]
		f, b := 0, 0
		if minute := m.slot.Minute; minute >= 8*60 && minute < 20*60 && g.IntN(4) == 0 {
			f = burst[g.IntN(len(burst))]
		}
		if inside > 0 && g.IntN(4) == 0 {
			b = min(inside, []int{1, 3, 20, 90}[g.IntN(4)])
		}
		if m.slot.Minute == 21*60 {
			b = inside
		}
		inside += f - b
		if g.IntN(50) == 0 && f > 0 {
			f--
		}
		if !s.single && g.IntN(3) == 0 {
			f /= 2 // a door by which more leave than come
		}
		m.forward, m.backward = uint32(f), uint32(b)
	}
}

// troubles cuts the power at times and lets doors come and go.
func (s *stream) troubles(g *rand.Rand) {
	for range g.IntN(3) {
		from := 1 + g.IntN(len(s.moments)-2)
		to := min(from+1+g.IntN(g.IntN(len(s.moments)/10)+1), len(s.moments)-1)
		s.moments = append(s.moments[:from], s.moments[to:]...)
		s.moments[from].gap, s.moments[from].skip = true, g.IntN(2) == 0
	}
	rooms := g.IntN(3) == 0
	for i := range s.moments {
		m := &s.moments[i]
		m.reboot = g.IntN(20) == 0
		switch {
		case !rooms || i == 0 || g.IntN(200) > 0:
		case !s.single:
			m.surrender = true
		case g.IntN(2) == 0:
			n := int64(s.policy.K * (g.IntN(30) - 8))
			m.adopt = [3]uint32{g.Uint32N(5), g.Uint32N(5), uint32(n<<1 ^ n>>63)}
		default:
			m.late = [2]uint32{g.Uint32N(9), g.Uint32N(9)}
		}
	}
}

// rule is Step, or a wrong version of it.
type rule func(s *Line, p *Policy, secret *[32]byte, slot Slot, single bool, forward, backward uint32) Out

// live runs a stream from a moment on, with visitors on top of what is counted: how many more cross
// in each moment. It appends what is published to out, and shows each line to each.
func (s *stream) live(step rule, l Line, from int, v visit, out []Out, each func(i int, l *Line, o Out)) []Out {
	for i := from; i < len(s.moments); i++ {
		m := &s.moments[i]
		if m.reboot {
			b, err := l.MarshalBinary()
			var again Line
			if err != nil || again.UnmarshalBinary(b) != nil {
				return out // too short: the properties see it
			}
			l = again
		}
		if m.surrender {
			l.Surrender()
		}
		if m.adopt != [3]uint32{} {
			l.Adopt(m.adopt[0], m.adopt[1], m.adopt[2])
		}
		l.Late(m.late[0], m.late[1])
		if m.skip {
			l.Skip(&s.policy, s.moments[i-1].slot, m.slot)
		}
		f, b := m.forward, m.backward
		if i == v.in {
			f += v.people
		}
		if i == v.out {
			b += v.people
		}
		o := step(&l, &s.policy, &s.secret, m.slot, s.single, f, b)
		out = append(out, o)
		if each != nil {
			each(i, &l, o)
		}
	}
	return out
}

// visit is a lone visit: people who come in one moment and leave in another, or in the same.
type visit struct {
	in, out int
	people  uint32
}

// nobody is no visit.
func nobody() visit { return visit{in: -1, out: -1} }
