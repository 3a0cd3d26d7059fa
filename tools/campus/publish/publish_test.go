package publish

import (
	"math"
	"reflect"
	"testing"
	"time"

	"tellijn/privacy/release"
	"tellijn/tools/campus/world"
)

func campus(t *testing.T) *world.Campus {
	t.Helper()
	c, err := world.Build(1, 40, 15)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func apart(r Rule) Rule {
	r.Apart = true
	return r
}

func TestPlainRules(t *testing.T) {
	five := Threshold(5).New(Key{})
	for _, c := range []struct{ in, out uint32 }{{0, 0}, {4, 5}, {5, 4}, {120, 3}} {
		if got := Raw().New(Key{}).Step(40, c.in, c.out); got != (Shown{In: int32(c.in), Out: int32(c.out)}) {
			t.Errorf("raw %v shows %+v", c, got)
		}
		want := Shown{In: int32(c.in), Out: int32(c.out)}
		if c.in < 5 {
			want.In = 0
		}
		if c.out < 5 {
			want.Out = 0
		}
		if got := five.Step(40, c.in, c.out); got != want {
			t.Errorf("threshold 5 of %v shows %+v, want %+v", c, got, want)
		}
	}
}

func TestLaplace(t *testing.T) {
	l := Laplace(1).New(Key{Seed: 3, Room: 4})
	const n = 20_000
	var sum, squares float64
	other, zeros := 0, 0
	for i := range n {
		s := l.Step(i, 50, 0)
		d := float64(s.In) - 50
		sum, squares = sum+d, squares+d*d
		if s != l.Clone().Step(i, 50, 0) {
			t.Fatal("the same interval has other noise")
		}
		if s != Laplace(1).New(Key{Seed: 3, Room: 5}).Step(i, 50, 0) {
			other++
		}
		if s.Out < 0 {
			t.Fatalf("%d out is shown", s.Out)
		}
		if s.Out == 0 {
			zeros++
		}
	}
	// A Laplace variable of scale 1 has variance 2; rounding adds 1/12.
	if mean, v := sum/n, squares/n; math.Abs(mean) > 0.05 || math.Abs(v-2.083) > 0.15 {
		t.Errorf("noise has mean %.3f and variance %.3f, want 0 and 2.08", mean, v)
	}
	if other < n/2 {
		t.Errorf("two rooms differ in %d of %d intervals only", other, n)
	}
	if share := float64(zeros) / n; math.Abs(share-0.697) > 0.02 { // 1 - exp(-0.5)/2
		t.Errorf("nothing is shown as nothing in %.3f of the intervals, want 0.70", share)
	}
}

// TestDevice compares with the package of the device, called by hand.
func TestDevice(t *testing.T) {
	c := campus(t)
	p := release.Default()
	for i := range c.Rooms {
		r := &c.Rooms[i]
		for _, rule := range []Rule{Device(), apart(Device())} {
			counted := rule.Count(r, nil)
			for n, l := range rule.Lines(9, r) {
				s := secret(Key{Seed: 9, Room: r.Number, Door: n})
				var line release.Line
				for k := range r.Inside {
					at := time.Unix(world.Monday*86400+int64(k)*900, 0).UTC()
					slot := release.Slot{Day: at.Unix() / 86400, Minute: at.Hour()*60 + at.Minute()}
					in, out := uint32(counted[n].In[k]), uint32(counted[n].Out[k])
					o := line.Step(&p, &s, slot, len(counted) == 1, in, out)
					want := Shown{int32(o.Forward), int32(o.Backward), int32(o.CorrectedForward), int32(o.CorrectedBackward), int32(o.Level)}
					if got := l.Step(k, in, out); got != want {
						t.Fatalf("room %d, line %d, interval %d: %+v, want %+v", r.Number, n, k, got, want)
					}
				}
			}
		}
	}
}

// TestAddsUp: the device keeps each crossing at each moment, and the check sees rules that do not.
func TestAddsUp(t *testing.T) {
	c := campus(t)
	for _, k := range []struct {
		rule  Rule
		keeps bool
	}{{Device(), true}, {apart(Device()), true}, {Raw(), true}, {Threshold(5), false}, {Laplace(1), false}} {
		broken := 0
		for i := range c.Rooms {
			r := &c.Rooms[i]
			counted, lines := k.rule.Count(r, c.Visits(r, 0)), k.rule.Lines(1, r)
			books := make([]Ledger, len(lines))
			for at := range r.Inside {
				Play(lines, counted, at, at+1, func(line, at int, s Shown) {
					books[line].Book(counted[line].In[at], counted[line].Out[at], s)
					if books[line].Broken(lines[line]) != nil {
						broken++
					}
				})
			}
		}
		if (broken == 0) != k.keeps {
			t.Errorf("%s, apart %v: %d times something did not add up", k.rule.Name, k.rule.Apart, broken)
		}
	}
}

// ahead shows what was never counted, and says that it holds less than nothing.
type ahead struct{ raw }

func (ahead) Held() (in, out int64) { return -1, 0 }

func TestAheadOfTheTruth(t *testing.T) {
	var b Ledger
	b.Book(2, 0, Shown{In: 3})
	if b.Lost(ahead{}) != 0 || b.Broken(ahead{}) == nil {
		t.Error("more is shown than was counted, and nothing is said")
	}
}

func TestCount(t *testing.T) {
	c := campus(t)
	several := 0
	for i := range c.Rooms {
		r := &c.Rooms[i]
		before := Raw().Count(r, nil)
		visits := c.Visits(r, 0)
		one, each := Raw().Count(r, visits), apart(Raw()).Count(r, visits)
		if len(one) != 1 || len(each) != len(r.Doors) {
			t.Fatalf("room %d of %d doors: %d and %d lines", r.Number, len(r.Doors), len(one), len(each))
		}
		several += len(each) - 1
		for d, l := range apart(Raw()).Count(r, nil) {
			if !reflect.DeepEqual(l, r.Doors[d]) {
				t.Errorf("room %d: line %d does not count what door %d does", r.Number, d, d)
			}
		}
		passes := 0
		for _, v := range visits {
			passes += len(v.Passes)
		}
		var in, all, was int
		for at := range r.Inside {
			was, all = was+int(before[0].In[at]), all+int(one[0].In[at])
			for _, l := range each {
				in += int(l.In[at])
			}
		}
		if in != all || all != was+passes {
			t.Errorf("room %d: %d in, by doors %d, without visits %d, visitors %d", r.Number, all, in, was, passes)
		}
		for _, v := range visits {
			one.Take(v)
		}
		if !reflect.DeepEqual(one, before) {
			t.Errorf("room %d: visits are not taken back as they were added", r.Number)
		}
	}
	if several == 0 {
		t.Error("no room has several doors")
	}
}

func TestClone(t *testing.T) {
	l := Device().New(Key{Seed: 1})
	l.Step(40, 9, 0)
	twin := l.Clone()
	if a, b := l.Step(41, 0, 9), twin.Step(41, 0, 9); a != b || a.Out == 0 {
		t.Errorf("a clone shows %+v, the line %+v", b, a)
	}
	l.Step(42, 50, 0)
	if in, _ := twin.Held(); in > 9 {
		t.Errorf("a clone holds %d, which only the other counted", in)
	}
}
