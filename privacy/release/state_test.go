package release

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// old gives a line that has lived.
func old() Line {
	s := newStream(3)
	s.single = true
	var last Line
	s.live((*Line).Step, Line{}, 0, nobody(), nil, func(_ int, l *Line, _ Out) { last = *l })
	return last
}

// TestStateRefused asserts that a state that no line can have is refused, and the line stays.
func TestStateRefused(t *testing.T) {
	line := old()
	good, err := line.MarshalBinary()
	if err != nil || len(good) != LineSize {
		t.Fatalf("%d bytes, %v; want %d", len(good), err, LineSize)
	}
	number := func(i int, v int64) func(b []byte) []byte {
		return func(b []byte) []byte { binary.BigEndian.PutUint64(b[2+8*i:], uint64(v)); return b }
	}
	for name, change := range map[string]func(b []byte) []byte{
		"nothing":                  func([]byte) []byte { return nil },
		"a byte less":              func(b []byte) []byte { return b[:len(b)-1] },
		"a byte more":              func(b []byte) []byte { return append(b, 0) },
		"another version":          func(b []byte) []byte { b[0]++; return b },
		"an unknown flag":          func(b []byte) []byte { b[1] |= 4; return b },
		"one more carried":         number(0, line.in+1),
		"one less carried":         number(1, line.out-1),
		"another level":            number(2, line.level+1),
		"another published level":  number(3, line.shown+3),
		"another imbalance":        number(4, line.imbalance-1),
		"less than none":           number(0, -1),
		"a carry that could wrap":  number(1, math.MaxInt64),
		"a level that could wrap":  number(2, math.MinInt64),
		"an imbalance that could":  number(4, math.MaxInt64),
		"a time beyond the years":  number(5, math.MaxInt64),
		"a time before all":        number(5, -1),
		"opened tomorrow":          number(6, line.opened+2),
		"paired in a later week":   number(7, line.paired+2),
		"a total beyond its field": number(8, 1<<32),
		"a total below zero":       number(9, -1),
		"adopted below zero":       number(10, -1),
		"owed beyond all":          number(11, 1<<20),
	} {
		s := line
		if err := s.UnmarshalBinary(change(bytes.Clone(good))); !errors.Is(err, ErrState) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
		if s != line {
			t.Errorf("%s: the line changed", name)
		}
	}
	var z Zone
	for _, b := range [][]byte{nil, {version}, {version, 0}, {version + 1, 0, 0}, {version, 0, 0, 0}} {
		if err := z.UnmarshalBinary(b); !errors.Is(err, ErrState) {
			t.Errorf("zone %x: %v, want it refused", b, err)
		}
	}
}

// FuzzState asserts that what is accepted gives the same bytes again, and that a line in any state
// that is accepted keeps the invariants whatever it counts.
func FuzzState(f *testing.F) {
	line := old()
	b, _ := line.MarshalBinary()
	f.Add(b, uint64(1))
	empty, _ := new(Line).MarshalBinary()
	f.Add(empty, uint64(2))
	line.Step(&Policy{}, nil, Slot{}, false, math.MaxUint32, 0)
	b, _ = line.MarshalBinary()
	f.Add(b, uint64(3))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		var s Line
		if s.UnmarshalBinary(b) != nil {
			return
		}
		if again, err := s.MarshalBinary(); err != nil || !bytes.Equal(b, again) {
			t.Fatalf("%x, %v; want %x", again, err, b)
		}
		if max(s.level, -s.level) <= maxCarry { // beyond, no counts lead there, and few more lead out
			batter(t, &s, rand.New(rand.NewPCG(seed, 0x30)), 50)
		}
	})
}

// batter does anything to a line, with any numbers, and asserts after each call that nothing is lost
// or wrapped and the state is one that would be read again.
func batter(t *testing.T, s *Line, g *rand.Rand, times int) {
	t.Helper()
	any32 := func() uint32 { return g.Uint32() >> g.IntN(33) }
	p := coarser(g)
	for range times {
		in, out := s.Carried()
		slot := Slot{s.until/dayMinutes + int64(g.IntN(2)), g.IntN(96) * 15}
		f, b := any32(), any32()
		var o Out
		var gone [2]int64
		before := *s
		switch g.IntN(8) {
		case 0:
			s.Late(f, b)
		case 1:
			s.Adopt(f, b, any32())
		case 2:
			x, y, _ := s.Surrender()
			gone = [2]int64{int64(x), int64(y)}
			f, b = 0, 0
		case 3:
			s.Skip(&p, slot, Slot{slot.Day + 1, 0})
			f, b = 0, 0
		default:
			o = s.Step(&p, &[32]byte{}, slot, g.IntN(4) > 0, f, b)
		}
		if err := s.check(); err != nil {
			t.Fatalf("%+v became %+v: %v", before, *s, err)
		}
		gone[0] += int64(o.Forward) + int64(o.CorrectedForward)
		gone[1] += int64(o.Backward) + int64(o.CorrectedBackward)
		x, y := s.Carried()
		if x != min(in+int64(f), maxCarry)-gone[0] || y != min(out+int64(b), maxCarry)-gone[1] {
			t.Fatalf("%+v with %d and %d became %+v, published %+v", before, f, b, *s, o)
		}
		for _, n := range []uint32{o.Forward, o.Backward, o.CorrectedForward, o.CorrectedBackward, o.Level} {
			if n > maxField {
				t.Fatalf("published %+v", o)
			}
		}
		if s.totalIn-before.totalIn != int64(o.Forward)+int64(o.CorrectedForward) {
			t.Fatalf("published %+v, total from %d to %d", o, before.totalIn, s.totalIn)
		}
	}
}
