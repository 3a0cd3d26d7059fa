package attack

import (
	"math"
	"math/rand/v2"
	"testing"

	"tellijn/tools/campus/boost"
)

func TestBest(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		var all []point
		for range 2 + g.IntN(40) {
			all = append(all, point{float64(g.IntN(8)), g.IntN(2) == 0})
		}
		gain := func(l limit) float64 {
			var a Advantage
			for _, p := range all {
				a.judge(p.visit, l.says(p.value))
			}
			if a.Visits == 0 || a.Empty == 0 {
				return 0
			}
			return a.Value()
		}
		want := 0.0
		for at := -1.0; at < 9; at++ {
			want = max(want, gain(limit{at: at}), gain(limit{at: at, below: true}))
		}
		l := best(all)
		if got := gain(l); math.Abs(got-want) > 1e-9 || math.Abs(got-l.gain) > 1e-9 {
			t.Fatalf("%v: limit %+v gains %v, best is %v", all, l, got, want)
		}
	}
}

func TestBestOfNothing(t *testing.T) {
	if l := best([]point{{1, true}, {1, false}}); l.says(1) || l.gain != 0 {
		t.Errorf("limit %+v, want one that never says visit", l)
	}
	if l := best(nil); l.says(0) {
		t.Errorf("limit %+v, want one that says nothing of nothing", l)
	}
}

func TestAdvantage(t *testing.T) {
	var a Advantage
	for i := range 100 {
		a.judge(i < 50, i < 40 || i >= 95)
	}
	if a != (Advantage{Visits: 50, Empty: 50, Found: 40, False: 5}) || math.Abs(a.Value()-0.7) > 1e-9 {
		t.Errorf("%+v, value %v", a, a.Value())
	}
	if want := math.Sqrt(0.8*0.2/50 + 0.1*0.9/50); math.Abs(a.Error()-want) > 1e-9 {
		t.Errorf("error %v, want %v", a.Error(), want)
	}
	if none := (Advantage{}); none.Value() != 0 || none.Error() != 0 {
		t.Error("nothing was judged, and there is an advantage")
	}
	if b := a.with(a); b.Visits != 100 || b.Value() != a.Value() {
		t.Errorf("twice the same is %+v", b)
	}
}

// made gives evenings of which say writes the row; visits are a coin.
func made(seed uint64, rooms, evenings int, say func(g *rand.Rand, room int, visit bool, row []float32) bool) (e Evenings) {
	g := rand.New(rand.NewPCG(seed, 5))
	e.Table.Width = simple + 4
	for room := range rooms {
		for range evenings {
			row := make([]float32, e.Table.Width)
			visit := say(g, room, g.IntN(2) == 0, row)
			e.Table.Add(row)
			e.Room, e.Visit = append(e.Room, room), append(e.Visit, visit)
		}
	}
	return e
}

// TestFinds plants visits in the numbers and looks who finds them.
func TestFinds(t *testing.T) {
	noise := func(g *rand.Rand, row []float32) {
		for i := range row {
			row[i] = float32(g.IntN(10))
		}
	}
	for _, c := range []struct {
		name               string
		threshold, boosted [2]float64 // least and most
		say                func(g *rand.Rand, room int, visit bool, row []float32) bool
	}{
		{"a number says it", [2]float64{1, 1}, [2]float64{1, 1}, func(g *rand.Rand, _ int, visit bool, row []float32) bool {
			noise(g, row)
			if row[3] = 2; visit {
				row[3] = 1
			}
			return visit
		}},
		{"a number says it in eight of ten", [2]float64{0.55, 0.65}, [2]float64{0.55, 0.65}, func(g *rand.Rand, _ int, visit bool, row []float32) bool {
			noise(g, row)
			row[0] = 0
			if visit != (g.IntN(10) < 2) {
				row[0] = 3
			}
			return visit
		}},
		{"only who knows the timetable can tell", [2]float64{-0.08, 0.08}, [2]float64{0.80, 1}, func(g *rand.Rand, _ int, visit bool, row []float32) bool {
			noise(g, row)
			row[0] = float32(g.IntN(2))
			row[simple] = row[0]
			if visit {
				row[simple] = 1 - row[0]
			}
			return visit
		}},
		{"nothing says it", [2]float64{-0.06, 0.06}, [2]float64{-0.06, 0.06}, func(g *rand.Rand, _ int, visit bool, row []float32) bool {
			noise(g, row)
			return visit
		}},
		// Who learned from the room itself would know: each room is always or never visited.
		{"only the room itself says it", [2]float64{-0.35, 0.35}, [2]float64{-0.35, 0.35}, func(_ *rand.Rand, room int, _ bool, row []float32) bool {
			for i := range row {
				row[i] = float32(room)
			}
			return (room*7919)%13 < 6
		}},
	} {
		e := made(5, 160, 25, c.say)
		if got := Threshold(e).Value(); got < c.threshold[0] || got > c.threshold[1] {
			t.Errorf("%s: the best threshold gains %.3f, want %v", c.name, got, c.threshold)
		}
		a, err := Boosted(e, boost.Standard())
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Value(); got < c.boosted[0] || got > c.boosted[1] {
			t.Errorf("%s: boosted trees gain %.3f, want %v", c.name, got, c.boosted)
		}
		if a.Visits+a.Empty != len(e.Room) {
			t.Errorf("%s: %d evenings of %d were judged", c.name, a.Visits+a.Empty, len(e.Room))
		}
	}
}

// TestOwnRooms: among many numbers of chance there is always one that fits the rooms it is chosen on.
// Who is tried on other rooms gains nothing from it.
func TestOwnRooms(t *testing.T) {
	const tries = 40
	var sum float64
	for seed := range uint64(tries) {
		sum += Threshold(made(seed, 80, 1, func(g *rand.Rand, _ int, visit bool, row []float32) bool {
			for i := range row {
				row[i] = g.Float32()
			}
			return visit
		})).Value()
	}
	if mean := sum / tries; math.Abs(mean) > 0.07 {
		t.Errorf("on numbers of chance the best threshold gains %.3f", mean)
	}
}

func TestTooFewRooms(t *testing.T) {
	e := made(5, 20, 5, func(_ *rand.Rand, _ int, visit bool, _ []float32) bool { return visit })
	if _, err := Boosted(e, boost.Standard()); err == nil {
		t.Error("attackers learn from one group of rooms, and are tried on the same")
	}
}
