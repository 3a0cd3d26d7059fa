package setter

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/links"
	"tellijn/firmware/scout/talk"
)

// world is all that a setter sets, and what it was set to.
type world struct {
	links   []links.Link
	set     map[int]lease.Lease
	sets    int
	names   []netip.Addr
	boot    time.Duration
	zero    time.Time
	synced  bool
	steps   []time.Duration
	chip    *chip
	told    []talk.Message
	heard   chan Heard
	started int
	ended   int
	deaf    bool
	out     strings.Builder
	broken  error
}

type chip struct {
	t   time.Time
	set int
	err error
}

func (c *chip) Read() (time.Time, error) { return c.t, c.err }
func (c *chip) Set(t time.Time) error    { c.set++; c.t = t; return c.err }

func (w *world) List() ([]links.Link, error)     { return slices.Clone(w.links), w.broken }
func (w *world) Watch() (<-chan struct{}, error) { return make(chan struct{}), nil }
func (w *world) Up(index int) error {
	for i := range w.links {
		if w.links[i].Index == index {
			w.links[i].Up = true
		}
	}
	return nil
}
func (w *world) Set(index int, l lease.Lease) error {
	w.sets++
	w.set[index] = l
	return w.broken
}
func (w *world) Clear(index int) error   { delete(w.set, index); return nil }
func (w *world) Packet(int) (int, error) { return -1, nil }
func (w *world) Now() time.Time          { return w.zero.Add(w.boot) }
func (w *world) Boot() time.Duration     { return w.boot }
func (w *world) Step(by time.Duration) error {
	w.zero = w.zero.Add(by)
	w.steps = append(w.steps, by)
	w.synced = false
	return w.broken
}
func (w *world) Slew(by time.Duration) error { return w.broken }
func (w *world) Believe(time.Duration) error { w.synced = true; return w.broken }
func (w *world) Doubt() error                { w.synced = false; return w.broken }
func (w *world) Believed() bool              { return w.synced }
func (w *world) Send(m talk.Message, _ int) error {
	if w.deaf {
		return io.ErrShortWrite
	}
	w.told = append(w.told, m)
	return nil
}
func (w *world) Heard() <-chan Heard { return w.heard }
func (w *world) End()                { w.ended++ }

func floor() time.Time { return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }

func begin(t *testing.T, change func(*Setup, *world)) (*Setter, *world) {
	t.Helper()
	w := &world{set: map[int]lease.Lease{}, zero: floor(), heard: make(chan Heard),
		links: []links.Link{{Index: 2, Name: "eth0", MAC: [6]byte{2}, Carrier: true}}}
	s := Setup{Plan: Plan{Floor: floor(), ChipPath: "/dev/rtc0", Wait: Wait}, Network: w, Clock: w, Out: &w.out, Names: func(n []netip.Addr) error { w.names = n; return nil },
		Start: func() (Asker, error) { w.started++; return w, nil }}
	if change != nil {
		change(&s, w)
	}
	if w.chip != nil {
		s.Chip = w.chip
	}
	st := New(s)
	st.beginClock()
	st.look()
	st.Tick()
	return st, w
}

// goes lets time pass.
func (w *world) goes(s *Setter, d time.Duration) {
	for ; d > 0; d -= time.Second {
		w.boot += time.Second
		s.Tick()
	}
}

func leased(index uint32) talk.Message {
	return talk.Message{Kind: talk.Leased, Index: index, Lease: lease.Lease{Address: netip.MustParsePrefix("192.0.2.5/24"),
		Gateway: netip.MustParseAddr("192.0.2.1"), Names: [3]netip.Addr{netip.MustParseAddr("192.0.2.1")}, For: time.Hour}}
}

func (w *world) says(s *Setter, m talk.Message) { s.listen(Heard{Message: m}, true) }

func TestLease(t *testing.T) {
	s, w := begin(t, nil)
	if w.started != 1 || len(w.told) != 1 || w.told[0].Kind != talk.Link || !w.told[0].Lent || w.told[0].Index != 2 {
		t.Fatalf("%d started, told %+v", w.started, w.told)
	}
	w.says(s, leased(3))
	if len(w.set) != 0 {
		t.Error("set for another interface")
	}
	w.says(s, leased(2))
	if w.set[2].Address.String() != "192.0.2.5/24" || fmt.Sprint(w.names) != "[192.0.2.1]" {
		t.Fatalf("%+v, %v", w.set, w.names)
	}
	w.goes(s, 50*time.Minute)
	w.says(s, leased(2)) // renewed
	w.goes(s, 50*time.Minute)
	if len(w.set) != 1 {
		t.Error("taken away though it was renewed")
	}
	w.goes(s, 11*time.Minute) // nobody renews it, and the asker says nothing
	if len(w.set) != 0 || w.names != nil {
		t.Errorf("an hour later: %v, %v", w.set, w.names)
	}
	w.says(s, leased(2))
	w.says(s, talk.Message{Kind: talk.Gone, Index: 2})
	if len(w.set) != 0 {
		t.Error("it is gone and stays")
	}
	if n := strings.Count(w.out.String(), "192.0.2.5/24"); n != 2 {
		t.Errorf("said %d times:\n%s", n, &w.out)
	}
}

func TestCable(t *testing.T) {
	s, w := begin(t, func(_ *Setup, w *world) {
		w.links = append(w.links, links.Link{Index: 7, Name: "wlan0", Wireless: true, Carrier: true})
	})
	w.says(s, leased(2))
	w.links[0].Carrier = false
	s.look()
	w.goes(s, 3*time.Second)
	if len(w.set) != 1 || s.used.Index != 2 {
		t.Error("a cable that is out for a moment")
	}
	w.links[0].Carrier = true
	n := len(w.told)
	s.look()
	if len(w.told) != n+1 || w.told[n].Index != 2 {
		t.Errorf("back in: %+v", w.told[n:])
	}
	w.links[0].Carrier = false
	s.look()
	w.goes(s, 7*time.Second)
	if s.used.Index != 7 || len(w.set) != 0 || w.names != nil {
		t.Errorf("out for long: uses %d, set %v", s.used.Index, w.set)
	}
	w.says(s, leased(7))
	w.links[0].Carrier = true
	w.goes(s, 16*time.Second)
	if _, still := w.set[7]; still || s.used.Index != 2 {
		t.Errorf("back in after long: uses %d, set %v", s.used.Index, w.set)
	}
	w.links = w.links[1:] // the adapter is pulled
	w.goes(s, 22*time.Second)
	if s.used.Index != 7 {
		t.Errorf("the adapter is gone: uses %d", s.used.Index)
	}
	w.links = nil
	w.goes(s, 22*time.Second)
	if last := w.told[len(w.told)-1]; s.used.Index != 0 || last.Kind != talk.NoLink {
		t.Errorf("nothing is there: uses %d, told %+v", s.used.Index, last)
	}
	w.links = []links.Link{{Index: 9, Name: "eth1"}} // an adapter that appears later
	w.goes(s, 16*time.Second)
	w.links[0].Carrier = true
	w.goes(s, 16*time.Second)
	if s.used.Index != 9 || !w.links[0].Up {
		t.Errorf("another adapter: %+v", s.used)
	}
}

func TestFixed(t *testing.T) {
	l := leased(0).Lease
	l.For = 0
	s, w := begin(t, func(s *Setup, _ *world) { s.Plan.Fixed = &l })
	if w.set[2] != l || len(w.names) != 1 || len(w.told) != 1 || w.told[0].Lent {
		t.Errorf("%v, %v, told %+v", w.set, w.names, w.told)
	}
	other := leased(2)
	other.Lease.Address = netip.MustParsePrefix("10.0.0.5/24")
	w.says(s, other)
	w.says(s, talk.Message{Kind: talk.Gone, Index: 2})
	w.goes(s, 2*time.Hour)
	if w.set[2] != l {
		t.Errorf("%v", w.set)
	}
}

func TestNone(t *testing.T) {
	_, w := begin(t, func(s *Setup, w *world) { s.Plan.None, s.Start, w.links = true, nil, nil })
	if w.started != 0 || len(w.told) != 0 {
		t.Error("asks")
	}
}

func sample(s *Setter, w *world, source uint8, at time.Time) {
	w.says(s, talk.Message{Kind: talk.Sample, Source: source, Boot: w.boot, Time: at, Error: time.Millisecond})
}

func TestTime(t *testing.T) {
	s, w := begin(t, func(_ *Setup, w *world) { w.zero = time.Unix(0, 0); w.chip = &chip{t: time.Unix(0, 0)} })
	if !w.Now().Equal(floor()) || w.synced {
		t.Fatalf("begins at %v, synced %v", w.Now(), w.synced)
	}
	real := floor().Add(20*24*time.Hour - w.boot)
	for i := range 2 {
		sample(s, w, 0, real.Add(w.boot))
		if w.synced != (i == 1) {
			t.Fatalf("after %d words synced is %v", i+1, w.synced)
		}
		w.goes(s, 2*time.Second)
	}
	if w.Now().Sub(real.Add(w.boot)).Abs() > time.Second || w.chip.set != 1 || w.chip.t.Sub(real).Abs() > time.Minute {
		t.Errorf("%v, chip %+v", w.Now(), w.chip)
	}
	w.chip.err = errors.New("gone")
	w.goes(s, 9*time.Hour)
	if w.synced {
		t.Error("believed 9 hours later")
	}
	for _, line := range []string{"Skipped  clock: /dev/rtc0 says 1970-01-01, before the time", "Skipped  time: nobody has told it in this boot", "Loaded   time: told by the network",
		"time: set by +1728000.0 s", "Loaded   clock: /dev/rtc0, set", "Failed   clock: gone"} {
		if strings.Count(w.out.String(), line) != 1 {
			t.Errorf("no %q, or several, in\n%s", line, &w.out)
		}
	}
}

// TestRefused sees that what a machine does not let it do is said, and is not taken for done.
func TestRefused(t *testing.T) {
	s, w := begin(t, func(_ *Setup, w *world) { w.broken = errors.New("no right to") })
	w.broken = nil
	s.look()
	w.broken = errors.New("no right to")
	w.says(s, leased(2))
	sample(s, w, 0, floor().Add(time.Hour))
	w.goes(s, 2*time.Second)
	sample(s, w, 0, floor().Add(time.Hour+2*time.Second))
	if s.lease.Address.IsValid() || s.known || !strings.Contains(w.out.String(), "Failed   time: no right to") || !strings.Contains(w.out.String(), "Failed   network: eth0: no right to") {
		t.Errorf("%+v, %v\n%s", s.lease, s.known, &w.out)
	}
}
