package release

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestBattered does anything to lines with any numbers.
func TestBattered(t *testing.T) {
	n := 2000
	if raceDetector || testing.Short() {
		n = 200
	}
	for seed := range uint64(n) {
		var s Line
		batter(t, &s, rand.New(rand.NewPCG(seed, 0x40)), 300)
	}
}

// TestBounds asserts what happens where numbers end: what does not fit stays carried.
func TestBounds(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	var s Line
	if o := s.Step(&p, &secret, Slot{8, 600}, true, 200_000, 0); o != (Out{Forward: maxField, Level: maxField}) {
		t.Errorf("200000 forward in a slot: %+v", o)
	}
	if o := s.Step(&p, &secret, Slot{8, 615}, true, 0, 0); o != (Out{Level: maxField}) {
		t.Errorf("a level that is full: %+v", o)
	}
	s.Step(&p, &secret, Slot{9, 435}, true, 0, 0)
	for day, want := range []uint32{65535, 65535, 200_000 - 3*65535 - 2, 0} {
		o := s.Step(&p, &secret, Slot{int64(9 + day), 450}, true, 0, 0)
		if o.CorrectedForward != want/3*3 || o.Level != 0 {
			t.Errorf("day %d: %+v, want %d corrected", day, o, want)
		}
	}
	if in, _ := s.Carried(); in != 2 || s.TotalForward() != 199_998 {
		t.Errorf("carried %d, released %d of 200000", in, s.TotalForward())
	}

	s = Line{totalIn: maxTotal - 5}
	o := s.Step(&p, &secret, Slot{8, 600}, true, 100, 0)
	if in, _ := s.Carried(); o.Forward != 3 || s.TotalForward() != math.MaxUint32-2 || in != 97 {
		t.Errorf("a total that is full: %+v, total %d, carried %d", o, s.TotalForward(), in)
	}

	s = Line{in: maxCarry - 10, imbalance: maxCarry - 10}
	s.Step(&p, &secret, Slot{8, 0}, true, 100, 7)
	if in, out := s.Carried(); in != maxCarry || out != 7 || s.check() != nil {
		t.Errorf("a carry that is full: %d and %d, %v", in, out, s.check())
	}
}

// TestSurrenderFolds asserts that a published level of either sign goes from a door to its head.
func TestSurrenderFolds(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	for _, net := range []int{0, 3, 60, 30_000, -3, -60, -30_000} {
		var door, head Line
		head.Step(&p, &secret, Slot{8, 600}, true, 33_000, 0)
		o := door.Step(&p, &secret, Slot{8, 600}, false, 100_000+uint32(max(net, 0)), 100_000+uint32(max(-net, 0)))
		shown := head.shown
		in, out, level := door.Surrender()
		if in+o.Forward != 100_000+uint32(max(net, 0)) || out+o.Backward != 100_000+uint32(max(-net, 0)) {
			t.Errorf("net %d: surrendered %d and %d after %+v", net, in, out, o)
		}
		if door.in != 0 || door.out != 0 || door.level != 0 || door.shown != 0 || door.imbalance != 0 {
			t.Errorf("net %d: the door is not fresh: %+v", net, door)
		}
		if a, b, c := door.Surrender(); a|b|c != 0 {
			t.Errorf("net %d: surrendered twice", net)
		}
		head.Adopt(in, out, level)
		if moved := head.shown - shown; moved != int64(o.Forward)-int64(o.Backward) || head.check() != nil {
			t.Errorf("net %d: the head moved by %d, the door published %+v; %v", net, moved, o, head.check())
		}
	}
}

// TestGate asserts that a door that is alone publishes nothing of a few people, unless many cross.
func TestGate(t *testing.T) {
	for _, c := range []struct {
		k, few, far int
	}{{3, 9, 10}, {4, 13, 14}, {6, 19, 20}} {
		p, secret := Default(), [32]byte{3}
		p.K = c.k
		var s Line
		if o := s.Step(&p, &secret, Slot{8, 600}, false, uint32(c.few), 0); o.Forward != 0 {
			t.Errorf("steps of %d: %d people within an hour: %+v", c.k, c.few, o)
		}
		for i := range 4 {
			s.Step(&p, &secret, Slot{8, 615 + 15*i}, false, 0, 0)
		}
		if o := s.Step(&p, &secret, Slot{8, 720}, false, uint32(c.far-c.few), 0); o.Forward != uint32(c.far/c.k*c.k) {
			t.Errorf("steps of %d: %d people in all: %+v", c.k, c.far, o)
		}
		if o := s.Step(&p, &secret, Slot{8, 735}, false, uint32(c.few), 0); o.Forward == 0 {
			t.Errorf("steps of %d: %d people within an hour: %+v", c.k, c.far, o)
		}
	}
}

// TestAllocations asserts that a slot without a weekly release takes nothing from the heap.
func TestAllocations(t *testing.T) {
	p, secret := Default(), [32]byte{3}
	var s Line
	slot := int64(96 * 8)
	s.Step(&p, &secret, Slot{8, 0}, true, 0, 0)
	if n := testing.AllocsPerRun(500, func() {
		slot++
		if slot/96%7 > 0 {
			s.Step(&p, &secret, Slot{slot / 96, int(slot % 96 * 15)}, slot%2 == 0, 12, 11)
		}
	}); n != 0 {
		t.Errorf("%v allocations a slot, want none", n)
	}
}

func BenchmarkStep(b *testing.B) {
	p, secret := Default(), [32]byte{3}
	var s Line
	for i := int64(0); b.Loop(); i = (i + 1) % (96 * maxDay) {
		s.Step(&p, &secret, Slot{i / 96, int(i % 96 * 15)}, true, uint32(i%13), uint32(i%12))
	}
}

// Four people stay invisible, a class does not. What is not published is carried.
func Example() {
	p, secret := Default(), [32]byte{1}
	var line Line
	for i, crossed := range [][2]uint32{{4, 0}, {0, 4}, {24, 0}, {1, 2}, {0, 23}} {
		o := line.Step(&p, &secret, Slot{20780, 540 + 15*i}, true, crossed[0], crossed[1])
		in, out := line.Carried()
		fmt.Printf("%2d in %2d out: published %2d %2d, level %2d, carried %d and %d\n", crossed[0], crossed[1], o.Forward, o.Backward, o.Level, in, out)
	}
	// Output:
	//  4 in  0 out: published  0  0, level  0, carried 4 and 0
	//  0 in  4 out: published  0  0, level  0, carried 4 and 4
	// 24 in  0 out: published 21  0, level 21, carried 7 and 4
	//  1 in  2 out: published  0  0, level 21, carried 8 and 6
	//  0 in 23 out: published  0 21, level  0, carried 8 and 8
}
