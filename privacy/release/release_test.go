package release

import (
	"runtime"
	"sync"
	"testing"
)

// examineAll looks at many streams on all processors.
func examineAll(step rule, streams int) (all findings) {
	var lock sync.Mutex
	var group sync.WaitGroup
	n := runtime.GOMAXPROCS(0)
	for w := range n {
		group.Go(func() {
			var f findings
			for seed := w; seed < streams; seed += n {
				s := newStream(uint64(seed))
				s.examine(step, &f, uint64(seed))
			}
			lock.Lock()
			defer lock.Unlock()
			all.sum(f)
		})
	}
	group.Wait()
	return all
}

// streams is how many streams a test looks at: 10,000 unless there is less time.
func streams() int {
	switch {
	case raceDetector:
		return 400
	case testing.Short():
		return 1000
	}
	return 10_000
}

// TestProperties looks at the seven properties in all streams, and at lone visits, as many as there
// are streams and more.
func TestProperties(t *testing.T) {
	f := examineAll((*Line).Step, streams())
	for p, what := range f.broken {
		t.Errorf("%s: %s", p, what)
	}
	t.Logf("%d streams, %d lone visits, %d of them moved in time, %d weekly releases of pairs", streams(), f.visits, f.moved, f.weekly)
	t.Logf("%d reboots, %d gaps, %d slots with the clock set back, %d doors that came back, %d adopted, %d late", f.reboots, f.gaps, f.setBack, f.surrenders, f.adopts, f.late)
	if min(f.reboots, f.gaps, f.setBack, f.surrenders, f.adopts, f.late) < streams()/4 {
		t.Error("too little happened to the streams")
	}
	if f.visits < streams() || f.moved < streams() || f.weekly < streams() {
		t.Error("too few visits or weekly releases: the properties were not looked at")
	}
}

// TestMutants asserts that the properties catch wrong versions of the rule in the same streams.
func TestMutants(t *testing.T) {
	for name, m := range map[string]struct {
		step rule
		want []string // any of them
	}{
		"a level shown empty is empty after an idle hour": {idleHour, []string{"P6", "P7"}},
		"everybody has gone after an idle hour":           {idleGone, []string{"P6", "P7"}},
		"steps without a hysteresis":                      {plainSteps, []string{"P6", "P7"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := examineAll(m.step, min(streams(), 1000))
			caught := false
			for _, p := range m.want {
				caught = caught || f.broken[p] != ""
			}
			if !caught {
				t.Errorf("want %v broken, got %v", m.want, f.broken)
			}
			t.Log(f.broken)
		})
	}
}

// idleHour takes a line that is shown empty to be empty after an hour without a crossing.
func idleHour(s *Line, p *Policy, secret *[32]byte, slot Slot, single bool, forward, backward uint32) Out {
	o := s.Step(p, secret, slot, single, forward, backward)
	if single && s.shown == 0 && s.crossings(p) == 0 {
		s.imbalance, s.level = s.imbalance+s.level, 0
	}
	return o
}

// idleGone takes everybody to have gone after an hour without a crossing.
func idleGone(s *Line, p *Policy, secret *[32]byte, slot Slot, single bool, forward, backward uint32) Out {
	o := s.Step(p, secret, slot, single, forward, backward)
	if single && s.crossings(p) == 0 {
		s.imbalance, s.level, s.shown = s.imbalance+s.level-s.shown, 0, 0
	}
	return o
}

// plainSteps publishes K * floor(level/K): it takes back what Step published of people, and publishes
// the steps without a hysteresis.
func plainSteps(s *Line, p *Policy, secret *[32]byte, slot Slot, single bool, forward, backward uint32) Out {
	was := *s
	o := s.Step(p, secret, slot, single, forward, backward)
	if !single || !p.inWindow(slot) || s.until == was.until {
		return o
	}
	// Undo what was published of people, and publish anew.
	n := int64(o.Forward) - int64(o.Backward)
	s.shown, s.in, s.totalIn = s.shown-n, s.in+int64(o.Forward), s.totalIn-int64(o.Forward)
	s.out, s.totalOut = s.out+int64(o.Backward), s.totalOut-int64(o.Backward)
	k := int64(p.K)
	d := s.level/k*k - s.shown
	up, down := max(d, 0), max(-d, 0)
	s.shown, s.in, s.out, s.totalIn, s.totalOut = s.shown+d, s.in-up, s.out-down, s.totalIn+up, s.totalOut+down
	o.Forward, o.Backward, o.Level = uint32(up), uint32(down), uint32(s.shown)
	return o
}
