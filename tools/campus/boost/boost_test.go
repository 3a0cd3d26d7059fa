package boost

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// draw makes rows of four numbers of chance and says of which class each is.
func draw(seed uint64, n int, class func(row []float32, luck float64) bool) (t Table, classes []bool) {
	g := rand.New(rand.NewPCG(seed, 1))
	t.Width = 4
	for range n {
		row := []float32{g.Float32(), g.Float32(), float32(g.IntN(3)), g.Float32()}
		t.Add(row)
		classes = append(classes, class(row, g.Float64()))
	}
	return t, classes
}

// right is the share of rows on the right side of even odds.
func right(m *Model, t Table, classes []bool) float64 {
	n := 0
	for i, c := range classes {
		if (m.Score(t.Row(i)) > 0) == c {
			n++
		}
	}
	return float64(n) / float64(len(classes))
}

// TestLearns tries rules of growing difficulty on rows that were not learned from.
func TestLearns(t *testing.T) {
	for _, c := range []struct {
		name  string
		class func([]float32, float64) bool
		least float64
		most  float64
	}{
		{"a limit", func(r []float32, _ float64) bool { return r[1] > 0.3 }, 0.99, 1},
		{"a stretch", func(r []float32, _ float64) bool { return r[3] > 0.3 && r[3] < 0.6 }, 0.98, 1},
		{"one or the other but not both", func(r []float32, _ float64) bool { return (r[0] > 0.5) != (r[1] > 0.4) }, 0.95, 1},
		{"a limit that hangs on a kind", func(r []float32, _ float64) bool { return r[0] > r[2]/4+0.2 }, 0.98, 1},
		{"a limit with luck", func(r []float32, u float64) bool { return (r[0] > 0.5) != (u < 0.2) }, 0.76, 0.84},
		{"luck", func(_ []float32, u float64) bool { return u < 0.5 }, 0.45, 0.55},
	} {
		rows, classes := draw(1, 6000, c.class)
		m, err := Train(rows, classes, Standard())
		if err != nil {
			t.Fatal(err)
		}
		others, truth := draw(2, 6000, c.class)
		if got := right(m, others, truth); got < c.least || got > c.most {
			t.Errorf("%s: %.3f right on new rows, want %.2f to %.2f", c.name, got, c.least, c.most)
		}
	}
}

// TestOdds: where nothing tells the classes apart, the score is the odds.
func TestOdds(t *testing.T) {
	rows := Table{Width: 1, Values: make([]float32, 1000)}
	classes := make([]bool, 1000)
	for i := range 200 {
		classes[i] = true
	}
	m, err := Train(rows, classes, Standard())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Score([]float32{0}), math.Log(0.25); math.Abs(got-want) > 1e-6 {
		t.Errorf("score %v, want %v", got, want)
	}
}

func TestSameRowsSameModel(t *testing.T) {
	rows, classes := draw(3, 3000, func(r []float32, u float64) bool { return float64(r[0]) > u })
	a, err := Train(rows, classes, Standard())
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Train(rows, classes, Standard())
	if !reflect.DeepEqual(a, b) {
		t.Error("the same rows give another model")
	}
}

// TestLeaves looks whether trees keep their bounds.
func TestLeaves(t *testing.T) {
	rows, classes := draw(4, 2000, func(r []float32, u float64) bool { return float64(r[0]) > u })
	o := Options{Trees: 20, Depth: 3, Least: 150, Rate: 0.2, Shrink: 1}
	m, err := Train(rows, classes, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.trees) != o.Trees {
		t.Fatalf("%d trees, want %d", len(m.trees), o.Trees)
	}
	for _, tr := range m.trees {
		if len(tr) > 15 || len(tr) < 3 {
			t.Fatalf("a tree of %d nodes, want 3 to 15", len(tr))
		}
		rowsAt := make([]int, len(tr))
		for i := range classes {
			n := 0
			for tr[n].feature >= 0 {
				if rows.Row(i)[tr[n].feature] <= tr[n].upTo {
					n = tr[n].low
				} else {
					n = tr[n].high
				}
			}
			rowsAt[n]++
		}
		for n, node := range tr {
			if node.feature < 0 && rowsAt[n] < o.Least {
				t.Errorf("a leaf of %d rows, want %d", rowsAt[n], o.Least)
			}
		}
	}
}

func TestQuantiles(t *testing.T) {
	many := make([]float32, 10_000)
	for i := range many {
		many[i] = float32((i * 7919) % 10_000)
	}
	e := quantiles(many)
	if len(e) != bins || e[len(e)-1] != 9999 {
		t.Errorf("%d steps up to %v, want %d up to 9999", len(e), e[len(e)-1], bins)
	}
	mostly := make([]float32, 10_000)
	mostly[3], mostly[4] = -1, 5
	if e := quantiles(mostly); !reflect.DeepEqual(e, []float32{-1, 0, 5}) {
		t.Errorf("steps %v, want -1, 0 and 5: few values are kept as they are", e)
	}
}

func TestRefuses(t *testing.T) {
	rows, classes := draw(5, 100, func(_ []float32, u float64) bool { return u < 0.5 })
	_, every := draw(5, 100, func([]float32, float64) bool { return true })
	for name, c := range map[string]struct {
		t Table
		c []bool
	}{
		"nothing":         {Table{}, nil},
		"a row too few":   {rows, classes[:99]},
		"none of a class": {rows, make([]bool, 100)},
		"all of a class":  {rows, every},
		"no row but some": {Table{Width: 4}, classes},
	} {
		if _, err := Train(c.t, c.c, Standard()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
