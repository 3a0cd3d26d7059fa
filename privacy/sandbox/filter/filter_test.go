package filter

import (
	"encoding/binary"
	"strings"
	"testing"
)

// call is what the kernel shows a program: struct seccomp_data.
type call struct {
	number  uint32
	machine Machine
	args    [6]uint64
}

// run interprets a program as the kernel does, and counts the steps.
func run(t *testing.T, p []Instruction, c call) (answer uint32, steps int) {
	t.Helper()
	var data [64]byte
	binary.LittleEndian.PutUint32(data[0:], c.number)
	binary.LittleEndian.PutUint32(data[4:], uint32(c.machine))
	for i, a := range c.args {
		binary.LittleEndian.PutUint64(data[16+8*i:], a)
	}
	a := uint32(0)
	for pc := 0; pc < len(p); pc++ {
		steps++
		switch in := p[pc]; in.Code {
		case 0x20:
			a = binary.LittleEndian.Uint32(data[in.K:])
		case 0x15:
			if a == in.K {
				pc += int(in.Jt)
			} else {
				pc += int(in.Jf)
			}
		case 0x45:
			if a&in.K != 0 {
				pc += int(in.Jt)
			} else {
				pc += int(in.Jf)
			}
		case 0x06:
			return in.K, steps
		default:
			t.Fatalf("instruction %#x at %d", in.Code, pc)
		}
	}
	t.Fatal("the program ends without an answer")
	return 0, 0
}

func rules() []Rule {
	return []Rule{
		{Number: 16, Where: []Condition{{Arg: 0, Is: []uint64{3}}, {Arg: 1, Is: []uint64{0xc058560f, 0xc0585611, 0x40045613}}}},
		{Number: 9, Where: []Condition{{Arg: 2, Without: 4}, {Arg: 4, Is: []uint64{0xffffffff}, Low: true}}},
		{Number: 60},
		// Either a word, or, behind another rule, one of two others with a bound.
		{Number: 157, Where: []Condition{{Arg: 0, Is: []uint64{4}}, {Arg: 1, Is: []uint64{0}}}},
		{Number: 61, Where: []Condition{{Arg: 0, Without: 1}}},
		{Number: 157, Where: []Condition{{Arg: 0, Is: []uint64{24, 28}}, {Arg: 1, Without: 0x80}}},
		{Number: 157, Where: []Condition{{Arg: 2, Is: []uint64{7}, Low: true}}},
	}
}

func TestProgram(t *testing.T) {
	p, err := Program(AMD64, rules())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		call call
		want uint32
	}{
		{"first value", call{16, AMD64, [6]uint64{3, 0xc058560f}}, Allow},
		{"last value", call{16, AMD64, [6]uint64{3, 0x40045613}}, Allow},
		{"other value", call{16, AMD64, [6]uint64{3, 0xc0405610}}, Kill},
		{"other descriptor", call{16, AMD64, [6]uint64{4, 0xc058560f}}, Kill},
		{"upper half set", call{16, AMD64, [6]uint64{3 | 1<<32, 0xc058560f}}, Kill},
		{"upper half of the second", call{16, AMD64, [6]uint64{3, 0xc058560f | 1<<40}}, Kill},
		{"bits that may be", call{9, AMD64, [6]uint64{0, 1, 3, 0x22, 0xffffffff}}, Allow},
		{"upper half does not matter", call{9, AMD64, [6]uint64{0, 1, 3, 0x22, ^uint64(0)}}, Allow},
		{"a bit that may not be", call{9, AMD64, [6]uint64{0, 1, 7, 0x22, ^uint64(0)}}, Kill},
		{"a file", call{9, AMD64, [6]uint64{0, 1, 3, 2, 5}}, Kill},
		{"no conditions", call{60, AMD64, [6]uint64{9, 9, 9, 9, 9, 9}}, Allow},
		{"the first of three rules", call{157, AMD64, [6]uint64{4, 0}}, Allow},
		{"the second", call{157, AMD64, [6]uint64{28, 0x7f}}, Allow},
		{"the third", call{157, AMD64, [6]uint64{4, 1, 7}}, Allow},
		{"the third, upper half set", call{157, AMD64, [6]uint64{4 | 1<<32, 0x80, 7 | 1<<33}}, Allow},
		{"half of the first and half of the second", call{157, AMD64, [6]uint64{4, 0x7f}}, Kill},
		{"none of three", call{157, AMD64, [6]uint64{28, 0x80}}, Kill},
		{"a rule between them", call{61, AMD64, [6]uint64{2}}, Allow},
		{"a rule between them, refused", call{61, AMD64, [6]uint64{1}}, Kill},
		{"not listed", call{41, AMD64, [6]uint64{}}, Kill},
		{"the numbers of another machine", call{60, ARM64, [6]uint64{}}, Kill},
		{"the x32 interface", call{60 | 0x40000000, AMD64, [6]uint64{}}, Kill},
	} {
		if got, _ := run(t, p, c.call); got != c.want {
			t.Errorf("%s: answer %#x, want %#x", c.name, got, c.want)
		}
	}
}

// The first rule costs few steps: it is the one of each cycle.
func TestTheFirstRuleIsFast(t *testing.T) {
	p, err := Program(ARM64, rules())
	if err != nil {
		t.Fatal(err)
	}
	if _, steps := run(t, p, call{16, ARM64, [6]uint64{3, 0xc058560f}}); steps > 13 {
		t.Errorf("%d steps", steps)
	}
}

func TestProgramSaysWhatIsWrong(t *testing.T) {
	many := make([]uint64, 300)
	for name, r := range map[string]Rule{
		"argument":          {Where: []Condition{{Arg: 6, Is: []uint64{1}}}},
		"wants either":      {Where: []Condition{{Arg: 1}}},
		"more than 32 bits": {Where: []Condition{{Arg: 1, Is: []uint64{1 << 32}}}},
		"fewer values":      {Where: []Condition{{Arg: 1, Is: many}}},
	} {
		if _, err := Program(AMD64, []Rule{r}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := make([]Rule, 3000)
	for i := range long {
		long[i].Number = uint32(i)
	}
	if _, err := Program(AMD64, long); err == nil || !strings.Contains(err.Error(), "at most 4096") {
		t.Errorf("too long: %v", err)
	}
}

// A rule that nothing could reach is a mistake of whoever wrote it.
func TestRulesThatRepeat(t *testing.T) {
	some := []Condition{Is(0, 1, 2), Without(1, 4)}
	for _, c := range []struct {
		name string
		a, b []Condition
		ok   bool
	}{
		{"twice the same", some, []Condition{Is(0, 1, 2), Without(1, 4)}, false},
		{"twice without conditions", nil, nil, false},
		{"behind one without conditions", nil, some, false},
		{"before one without conditions", some, nil, true},
		{"other values", some, []Condition{Is(0, 1, 3), Without(1, 4)}, true},
		{"other bits", some, []Condition{Is(0, 1, 2), Without(1, 8)}, true},
		{"another argument", some, []Condition{Is(2, 1, 2), Without(1, 4)}, true},
		{"the lower half", some, []Condition{{Arg: 0, Is: []uint64{1, 2}, Low: true}, Without(1, 4)}, true},
	} {
		_, err := Program(AMD64, []Rule{{Number: 7, Where: c.a}, {Number: 8}, {Number: 7, Where: c.b}})
		if ok := err == nil; ok != c.ok || !ok && !strings.Contains(err.Error(), "repeats") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// As many values as a jump can pass are taken, and each of them is found.
func TestManyValues(t *testing.T) {
	for _, n := range []int{1, 2, 249, 250} {
		r := Rule{Number: 1, Where: []Condition{{Arg: 0}}}
		for v := range n {
			r.Where[0].Is = append(r.Where[0].Is, uint64(v))
		}
		p, err := Program(ARM64, []Rule{r, {Number: 1, Where: []Condition{Is(1, 9)}}})
		if err != nil {
			t.Fatalf("%d values: %v", n, err)
		}
		for v := range n {
			if got, _ := run(t, p, call{1, ARM64, [6]uint64{uint64(v)}}); got != Allow {
				t.Errorf("%d values: %d is refused", n, v)
			}
		}
		for second, want := range map[uint64]uint32{8: Kill, 9: Allow} {
			if got, _ := run(t, p, call{1, ARM64, [6]uint64{uint64(n), second}}); got != want {
				t.Errorf("%d values: another, with %d, gives %#x", n, second, got)
			}
		}
	}
}

// FuzzProgram holds the program to the rules read directly.
func FuzzProgram(f *testing.F) {
	f.Add(uint32(16), uint64(3), uint64(0xc058560f), uint64(0), uint64(0))
	f.Add(uint32(9), uint64(0), uint64(0), uint64(4), uint64(0xffffffff))
	f.Add(uint32(157), uint64(4), uint64(1), uint64(7), uint64(0))
	f.Add(uint32(157), uint64(28), uint64(0x80), uint64(0), uint64(0))
	p, err := Program(AMD64, rules())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, number uint32, a, b, c, e uint64) {
		args := [6]uint64{a, b, c, 0, e}
		want := uint32(Kill)
		for _, r := range rules() {
			if r.Number == number && holds(r, args) {
				want = Allow
			}
		}
		if got, _ := run(t, p, call{number, AMD64, args}); got != want {
			t.Errorf("%d %#x: answer %#x, want %#x", number, args, got, want)
		}
	})
}

// holds reads the conditions of a rule in the plainest way.
func holds(r Rule, args [6]uint64) bool {
	for _, c := range r.Where {
		v := args[c.Arg]
		if c.Without != 0 {
			if uint32(v)&c.Without != 0 {
				return false
			}
			continue
		}
		if c.Low {
			v = uint64(uint32(v))
		}
		found := false
		for _, w := range c.Is {
			found = found || v == w
		}
		if !found {
			return false
		}
	}
	return true
}
