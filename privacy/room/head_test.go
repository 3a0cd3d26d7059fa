package room

import (
	"errors"
	"testing"

	"tellijn/privacy/room/message"
)

// given gives tally n of device i, as it comes out of its envelope.
func given(p *Post, i int, n uint32, from int64, forward, backward uint32) message.Tally {
	m := p.members.Doors[i]
	return message.Tally{Room: p.members.Room, Door: m.Device, Bond: p.members.bond(m), N: n, From: from,
		Forward: forward, Backward: backward}
}

func bound(p *Post) *Head {
	h := &Head{}
	h.Bind(p)
	return h
}

// Numbers are booked in order, early ones wait, and each counts once.
func TestOrder(t *testing.T) {
	p := posts(3)[0]
	h := bound(p)
	for i, tc := range []struct {
		door   int
		n      uint32
		booked int
		want   error
	}{
		{1, 1, 1, nil}, {1, 1, 0, ErrOld}, {1, 3, 0, nil}, {1, 3, 0, ErrOld}, {1, 5, 0, nil}, {2, 2, 0, nil},
		{1, 2, 2, nil}, {1, 4, 2, nil}, {1, 5, 0, ErrOld}, {2, 1, 2, nil},
		{1, 6 + MaxKept - 1, 0, nil}, {1, 6 + MaxKept, 0, ErrLost}, {1, 1<<32 - 1, 0, ErrLost},
	} {
		booked, err := h.take(given(p, tc.door, tc.n, 900, 1<<tc.n, 1))
		if booked != tc.booked || !errors.Is(err, tc.want) {
			t.Errorf("%d: %+v: booked %d, %v", i, tc, booked, err)
		}
	}
	s := h.Take(900, 0, quarter)
	if want := (Part{Forward: 2 + 4 + 8 + 16 + 32 + 2 + 4, Backward: 7}); s.Now != want || s.Late != (Part{}) || s.Heard != 3 || s.Doors != 3 {
		t.Errorf("%+v, want %+v", s, want)
	}
	if s := h.Take(900, 0, quarter); s.Now != (Part{}) || s.Heard != 3 {
		t.Errorf("taken twice: %+v", s)
	}
	for device, want := range map[string]uint32{"door-1": 5, "door-2": 2} {
		if n, ok := h.Booked(p, device); n != want || !ok {
			t.Errorf("%s: booked %d, %v", device, n, ok)
		}
	}
	for _, device := range []string{"door-0", "door-7", ""} {
		if n, ok := h.Booked(p, device); n != 0 || ok {
			t.Errorf("%q: booked %d, %v", device, n, ok)
		}
	}
	if _, err := new(Head).take(given(p, 1, 1, 0, 1, 1)); !errors.Is(err, ErrMisrouted) {
		t.Errorf("before Bind: %v", err)
	}
}

// Early ones without a place are refused, and the missing one books all that waited.
func TestEarlyIsBounded(t *testing.T) {
	p := posts(2)[0]
	h := bound(p)
	for n := uint32(2); n < 2+MaxEarly; n++ {
		if booked, err := h.take(given(p, 1, n, 0, 1, 0)); booked != 0 || err != nil {
			t.Fatal(n, booked, err)
		}
	}
	if _, err := h.take(given(p, 1, 2+MaxEarly, 0, 1, 0)); !errors.Is(err, ErrFull) {
		t.Errorf("one more: %v", err)
	}
	if booked, err := h.take(given(p, 1, 1, 0, 1, 0)); booked != 1+MaxEarly || err != nil {
		t.Errorf("booked %d, %v", booked, err)
	}
	if s := h.Take(0, 0, quarter); s.Now.Forward != 1+MaxEarly {
		t.Errorf("%+v", s)
	}
}

// A sum that is full books no more until it is taken, and says no number that it has not booked.
func TestSumIsBounded(t *testing.T) {
	p := posts(2)[0]
	for name, make := range map[string]func(n uint32) message.Tally{
		"forward":   func(n uint32) message.Tally { return given(p, 1, n, 0, message.MaxCount, 0) },
		"backward":  func(n uint32) message.Tally { return given(p, 1, n, 900*int64(n%3), 0, message.MaxCount) },
		"in":        func(n uint32) message.Tally { t := given(p, 1, n, 0, 0, 0); t.In = 1 << 26; return t },
		"out":       func(n uint32) message.Tally { t := given(p, 1, n, 900*int64(n%3), 0, 0); t.Out = 1 << 26; return t },
		"intervals": func(n uint32) message.Tally { return given(p, 1, n, 900*int64(n), 1, 0) },
	} {
		h := bound(p)
		n := uint32(1)
		var err error
		for ; n < 500; n++ {
			if _, err = h.take(make(n)); err != nil {
				break
			}
		}
		if last, _ := h.Booked(p, "door-1"); !errors.Is(err, ErrFull) || last != n-1 || n < 60 {
			t.Fatalf("%s: booked %d of %d: %v", name, last, n, err)
		}
		// The next ones wait, and all are booked when there is room.
		if _, err := h.take(make(n + 1)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s := h.Take(0, 0, quarter)
		if booked, err := h.take(make(n)); booked != 2 || err != nil {
			t.Errorf("%s: booked %d after Take, %v", name, booked, err)
		}
		all := s.Now
		a, b, c := uint64(all.Forward)+uint64(all.Backward), uint64(all.In)+uint64(all.Out), make(1)
		if a != uint64(n-1)*uint64(c.Forward+c.Backward) || b != uint64(n-1)*uint64(c.In+c.Out) {
			t.Errorf("%s: %+v of %d", name, all, n-1)
		}
	}
}

// One that waited for its turn, and then for room in the sum, may come again by itself; it leaves no
// place taken.
func TestWaitedTwice(t *testing.T) {
	p := posts(2)[0]
	h := bound(p)
	interval := func(n uint32) message.Tally { return given(p, 1, n, 900*int64(n), 1, 0) }
	h.take(interval(MaxKept + 1)) // too far ahead to be early
	for n := uint32(1); n < MaxKept; n++ {
		h.take(interval(n))
	}
	h.take(interval(MaxKept + 1))
	if booked, err := h.take(interval(MaxKept)); booked != 1 || err != nil {
		t.Fatalf("booked %d, %v: the next has no place in the sum", booked, err)
	}
	first := h.Take(0, 0, quarter).Now.Forward
	if booked, err := h.take(interval(MaxKept + 1)); booked != 1 || err != nil {
		t.Errorf("booked %d, %v", booked, err)
	}
	if second := h.Take(0, 0, quarter).Now.Forward; first != MaxKept || second != 1 || h.peers[0].early != [MaxEarly]message.Tally{} {
		t.Errorf("%d, then %d; %+v", first, second, h.peers[0].early)
	}
}

// Intervals in which nobody came take no place in the sum.
func TestNobodyTakesNoPlace(t *testing.T) {
	p := posts(2)[0]
	h := bound(p)
	for n := range uint32(3 * MaxKept) {
		if booked, err := h.take(given(p, 1, n+1, 900*int64(n), 0, 0)); booked != 1 || err != nil {
			t.Fatal(n, booked, err)
		}
	}
	if b, _ := h.MarshalBinary(); len(b) != headSize+peerSize {
		t.Errorf("a state of %d bytes", len(b))
	}
}

// What belongs to a time before the anchor is told apart when it is taken.
func TestLate(t *testing.T) {
	p := posts(3)[0]
	h := bound(p)
	surrender := given(p, 1, 1, 900, 1, 2)
	surrender.In, surrender.Out, surrender.Level = 10, 20, fold(-3)
	today := given(p, 1, 2, 1800, 3, 4)
	today.In, today.Out, today.Level = 30, 40, fold(5)
	also := given(p, 2, 1, 1800, 5, 6)
	also.Level = fold(-9)
	for _, tc := range []message.Tally{surrender, today, also} {
		if _, err := h.take(tc); err != nil {
			t.Fatal(err)
		}
	}
	again := *h
	s := h.Take(2700, 1800, quarter)
	if want := (Sum{Now: Part{8, 10, 30, 40, fold(-4)}, Late: Part{1, 2, 10, 20, fold(-3)}, Heard: 1, Doors: 3}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if s := again.Take(1800, 0, quarter); s.Now != (Part{9, 12, 40, 60, fold(-7)}) || s.Late != (Part{}) || s.Heard != 3 {
		t.Errorf("%+v", s)
	}
	var l calls
	s.Give(&l)
	if want := (calls{late: [4]uint32{1, 2, 10, 20}, adopt: [3]uint32{30, 40, fold(-4)}, n: 2}); l != want {
		t.Errorf("%+v, want %+v", l, want)
	}
}

type calls struct {
	late  [4]uint32
	adopt [3]uint32
	n     int
}

func (c *calls) Late(f, b uint32) {
	c.late[2*c.n], c.late[2*c.n+1] = f, b
	c.n++
}

func (c *calls) Adopt(in, out, level uint32) { c.adopt = [3]uint32{in, out, level} }

// Doors are heard for an interval by the newest that is booked; a clock that is far off does not count.
func TestHeard(t *testing.T) {
	p := posts(2)[0]
	for from, want := range map[int64]int{0: 1, 899: 1, 900: 2, 1800: 2, 2699: 2, 2700: 1, 1 << 40: 1} {
		h := bound(p)
		if s := h.Take(900, 0, quarter); s.Heard != 1 || s.Doors != 2 {
			t.Errorf("nothing booked: %+v", s)
		}
		if s := h.Take(0, 0, quarter); s.Heard != 1 {
			t.Errorf("nothing booked since the beginning: %+v", s)
		}
		h.take(given(p, 1, 1, from, 0, 0))
		if s := h.Take(900, 0, quarter); s.Heard != want {
			t.Errorf("from %d: heard %d, want %d", from, s.Heard, want)
		}
		h.take(given(p, 1, 2, 0, 0, 0)) // a clock that was set back
		if s := h.Take(900, 0, quarter); s.Heard != want {
			t.Errorf("from %d and before: heard %d, want %d", from, s.Heard, want)
		}
	}
}

// A door that is new or renewed begins with 1; the others go on; what was booked of one that is gone stays.
func TestBind(t *testing.T) {
	p := posts(3)[0]
	h := &Head{}
	if !h.Bind(p) || h.Bind(p) {
		t.Error("Bind tells a change wrong")
	}
	h.take(given(p, 1, 1, 0, 5, 0))
	h.take(given(p, 2, 1, 0, 7, 0))
	m := p.members
	key, _ := keys(8)
	m.Doors = []Member{m.Doors[2], m.Doors[0], {"door-1", key.Public(), m.Doors[1].Seal}, {"door-5", [32]byte{5}, [32]byte{6}}}
	signing, sealing := keys(0)
	next := must[*Post](t)(NewPost(m, "door-0", signing, sealing))
	if !h.Bind(next) || h.Bind(next) {
		t.Error("Bind tells a change wrong")
	}
	for device, want := range map[string]uint32{"door-1": 0, "door-2": 1, "door-5": 0} {
		if n, ok := h.Booked(next, device); n != want || !ok {
			t.Errorf("%s: %d, %v", device, n, ok)
		}
	}
	if _, err := h.take(given(p, 1, 2, 0, 1, 0)); !errors.Is(err, ErrMisrouted) {
		t.Errorf("a tally for the numbering before: %v", err)
	}
	if s := h.Take(0, 0, quarter); s.Now.Forward != 12 || s.Doors != 4 {
		t.Errorf("%+v", s)
	}
}

// One receipt for each other door, each time; its time never goes back, whatever the clock does.
func TestReceiptsOfTheHead(t *testing.T) {
	ps := posts(3)
	h := bound(ps[0])
	h.take(given(ps[0], 2, 1, 0, 1, 1))
	last := int64(-1)
	for _, clock := range []int64{100, 200, 200, 50, -7, 1 << 50, 300} {
		out := must[[][]byte](t)(h.Receipts(ps[0], clock))
		if len(out) != 2 {
			t.Fatalf("%d receipts", len(out))
		}
		for i, b := range out {
			r, err := ps[i+1].openReceipt(b)
			if err != nil || r.N != uint32(i) || r.At != h.at || r.At <= last {
				t.Errorf("clock %d: %+v after %d, %v", clock, r, last, err)
			}
			if _, err := ps[2-i].openReceipt(b); !errors.Is(err, ErrMisrouted) {
				t.Errorf("the other door: %v", err)
			}
		}
		last = h.at
	}
	if last != lastAt+1 {
		t.Errorf("%d", last)
	}
}
