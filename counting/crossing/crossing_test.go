package crossing

import (
	"testing"
	"time"

	"tellijn/counting"
	"tellijn/counting/scene"
	"tellijn/counting/track"
)

// The picture of these tests is 100 x 100 cells, a person 10 cells, and the line lies across its
// middle, so that downwards is forward.
const (
	cells  = 100
	person = 10 * 256
)

// walk is where the middle of one person is, cycle by cycle, in cells.
type walk []struct{ x, y int }

// straight walks from one place to another in n steps.
func straight(x0, y0, x1, y1, n int) (w walk) {
	for i := range n + 1 {
		w = append(w, struct{ x, y int }{x0 + (x1-x0)*i/n, y0 + (y1-y0)*i/n})
	}
	return w
}

// counted gives the crossings of one person, who is lost at the end.
func counted(w walk, lines ...scene.Line) (found []Crossing) {
	sc := &scene.Scene{PersonArea: 10_000, NLines: len(lines)}
	copy(sc.Lines[:], lines)
	var c Counter
	c.Set(sc, cells*256, cells*256, person, 40*time.Millisecond, Defaults())
	var t track.Table
	for i, at := range w {
		t.Born, t.Live = 0, 1
		if i == 0 {
			t.Born = 1
		}
		t.Tracks[0] = track.Track{X: int32(at.x)<<8 + 128, Y: int32(at.y)<<8 + 128, Hits: uint32(i + 1)}
		found = append(found, c.Step(&t, uint32(i), false)...)
	}
	t.Live, t.Born, t.Ended = 0, 0, 1
	return append(found, c.Step(&t, uint32(len(w)), false)...)
}

// across is the whole line, part of it from the left.
func across(part int32) scene.Line {
	return scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One / 100 * part, Y: scene.One / 2}}
}

// turned is the line from the other end.
func turned(l scene.Line) scene.Line { return scene.Line{A: l.B, B: l.A} }

var walks = []struct {
	name              string
	walk              walk
	line              scene.Line
	forward, backward int
}{
	{"straight down", straight(50, 20, 50, 80, 60), across(100), 1, 0},
	{"straight up", straight(50, 80, 50, 20, 60), across(100), 0, 1},
	{"running", straight(50, 20, 50, 80, 7), across(100), 1, 0},
	{"slant", straight(20, 20, 80, 80, 60), across(100), 1, 0},
	{"there and back", append(straight(50, 20, 50, 80, 60), straight(50, 80, 50, 20, 60)...), across(100), 1, 1},
	{"turn before the line", append(straight(50, 20, 50, 48, 28), straight(50, 48, 50, 20, 28)...), across(100), 0, 0},
	{"turn a little beyond", append(straight(50, 20, 50, 53, 33), straight(50, 53, 50, 20, 33)...), across(100), 0, 0},
	{"turn within the person", append(straight(50, 20, 50, 55, 35), straight(50, 55, 50, 20, 35)...), across(100), 0, 0},
	{"hover", hover(), across(100), 0, 0},
	{"along the line", straight(10, 50, 90, 50, 80), across(100), 0, 0},
	{"past the end", straight(80, 20, 80, 80, 60), across(50), 0, 0},
	{"round the end and back over", append(straight(80, 20, 80, 80, 60), straight(20, 80, 20, 20, 60)...), across(50), 0, 1},
	{"lost beyond the line", straight(50, 20, 50, 57, 37), across(100), 1, 0},
	{"lost just beyond the line", straight(50, 20, 50, 54, 34), across(100), 0, 0},
	{"lost on the line", straight(50, 20, 50, 51, 31), across(100), 0, 0},
	{"born beyond", straight(50, 53, 50, 90, 37), across(100), 0, 0},
}

func hover() (w walk) {
	w = straight(50, 20, 50, 47, 27)
	for range 10 {
		w = append(append(w, straight(50, 47, 50, 51, 4)...), straight(50, 51, 50, 47, 4)...)
	}
	return append(w, straight(50, 47, 50, 20, 27)...)
}

func TestWalks(t *testing.T) {
	for _, c := range walks {
		for _, mirrored := range []bool{false, true} {
			line, want := c.line, [2]int{c.forward, c.backward}
			if mirrored {
				line, want = turned(line), [2]int{c.backward, c.forward}
			}
			var got [2]int
			for _, x := range counted(c.walk, line) {
				if x.Forward {
					got[0]++
				} else {
					got[1]++
				}
			}
			if got != want {
				t.Errorf("%s, line turned %v: forward and backward %v, want %v", c.name, mirrored, got, want)
			}
		}
	}
}

// A crossing is sure late, and dated when the person was on the line.
func TestCrossingIsDatedOnTheLine(t *testing.T) {
	for _, w := range []walk{straight(50, 20, 50, 80, 60), straight(50, 79, 50, 19, 60)} {
		found := counted(w, across(100))
		if len(found) != 1 || found[0].Frame < 29 || found[0].Frame > 31 {
			t.Errorf("%+v, want one at frame 30", found)
		}
	}
}

// Every line is crossed on its own.
func TestManyLines(t *testing.T) {
	var lines []scene.Line
	for i := range int32(counting.MaxLines) {
		y := scene.One / 20 * (6 + i)
		lines = append(lines, scene.Line{A: scene.Point{X: 0, Y: y}, B: scene.Point{X: scene.One, Y: y}})
	}
	seen := map[uint8]int{}
	for _, x := range counted(straight(50, 10, 50, 95, 85), lines...) {
		seen[x.Line]++
	}
	for i := range uint8(counting.MaxLines) {
		if seen[i] != 1 {
			t.Errorf("line %d was crossed %d times, want once", i, seen[i])
		}
	}
}
