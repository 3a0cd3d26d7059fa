package wrong

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"slices"
	"testing"

	"tellijn/counting"
	"tellijn/counting/foreground"
	"tellijn/counting/pipeline"
	"tellijn/counting/track"
	"tellijn/tools/replay/clips"
	"tellijn/tools/replay/marks"
	"tellijn/tools/replay/replaytest"
	"tellijn/tools/replay/run"
	"tellijn/tools/replay/truth"
)

const late = replaytest.Frames - 12 // its row has tiles that the clip does not have

// made counts the clip against a truth in which nobody went down, and two came up who did not.
func made(t *testing.T) (folder string, c *truth.Clip, r *run.Result) {
	folder = t.TempDir()
	replaytest.Y4M(t, filepath.Join(folder, "a.y4m"), 120, 90, false)
	c = &truth.Clip{Name: "a", File: "a.y4m", FPS: replaytest.Rate, Line: []float64{0, .5, 1, .5},
		PersonArea: replaytest.PersonArea, Tolerance: 5, Backward: []int{late, replaytest.Up, 3}}
	sc, err := c.Scene()
	if err != nil {
		t.Fatal(err)
	}
	src, err := clips.Open(folder, c)
	if err != nil {
		t.Fatal(err)
	}
	result, err := run.Count(src, sc, nil)
	if err != nil {
		t.Fatal(err)
	}
	return folder, c, &result
}

func TestList(t *testing.T) {
	_, c, r := made(t)
	down := r.Way(0, true)[0]
	got := List(c, r)
	if want := []Event{{3, true, false}, {down, false, true}, {late, true, false}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	score := clips.Score(c, r)
	if n := score.Both().Wrong(); n != len(got) {
		t.Errorf("%d events listed, the score says %d", len(got), n)
	}
	c.EvalStart = down + 1
	if got = List(c, r); len(got) != 2 || !got[0].Missed || !got[1].Missed {
		t.Errorf("%v: what is counted before the start is not judged", got)
	}
}

func TestDraw(t *testing.T) {
	folder, c, r := made(t)
	s, err := Draw(folder, c, List(c, r))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.PNG(&b); err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := decoded.(*image.Paletted)
	if !ok {
		t.Fatalf("decoded as %T, want a palette", decoded)
	}
	w, h := r.Plan.W, r.Plan.H
	if want := image.Rect(0, 0, 9+9*(3*w+3), 3*(3*h)+2*3); m.Rect != want {
		t.Fatalf("%v, want %v", m.Rect, want)
	}
	known := palette()
	for _, p := range m.Pix {
		if !slices.Contains(known, m.Palette[p]) {
			t.Fatalf("colour %v says nothing", m.Palette[p])
		}
	}
	for i, want := range [][2]int{{missed, backward}, {untrue, forward}, {missed, backward}} {
		for y := i * (3*h + 3); y < i*(3*h+3)+3*h; y++ {
			for x := range 9 {
				if c := want[x/6]; m.At(x, y) != known[c] {
					t.Fatalf("bar of row %d at %d, %d is %v, want %v", i, x, y, m.At(x, y), known[c])
				}
			}
		}
	}
	// At 25 frames a second tiles are 5 frames apart, so that the clip begins after the fourth tile
	// of the first row and ends before the eighth of the last.
	for i, there := range [][2]int{{4, 9}, {0, 9}, {0, 7}} {
		for k := range 9 {
			at := image.Pt(9+3+k*(3*w+3), i*(3*h+3))
			got := colours(m, image.Rectangle{at, at.Add(image.Pt(3*w, 3*h))})
			if k < there[0] || k >= there[1] {
				if len(got) != 1 || got[known[nothing]] == 0 {
					t.Errorf("row %d, tile %d is not empty: %v", i, k, got)
				}
			} else if got[known[marks.Line]] == 0 || got[known[marks.Empty]] == 0 || got[known[nothing]] > 0 {
				t.Errorf("row %d, tile %d shows no cycle: %v", i, k, got)
			}
			if i == 1 && (got[known[marks.Solid]] < 9*20 || got[known[marks.Person]] != 9*5) {
				t.Errorf("tile %d of somebody who walks: %v", k, got)
			}
		}
	}
	if _, err := Draw(folder, c, nil); err == nil {
		t.Error("a sheet without a row")
	}
}

// colours counts the pixels of each colour.
func colours(m image.Image, in image.Rectangle) map[color.Color]int {
	n := map[color.Color]int{}
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			n[m.At(x, y)]++
		}
	}
	return n
}

// Every kind of cell has its colour; whoever is unseen has a smaller cross, and at the edge and
// outside nothing breaks.
func TestPaint(t *testing.T) {
	const w, h = 8, 6
	v := &pipeline.View{W: w, H: h, Mask: new(counting.Bits), Class: make([]uint8, w*h), Tracks: new(track.Table)}
	v.Class[0], v.Class[1], v.Class[2], v.Mask[0] = foreground.Shadow, foreground.Solid, foreground.Solid, 1<<2
	v.Tracks.Live = 0b1111
	for i, k := range []track.Track{{X: 5 << 8, Y: 2 << 8}, {X: 2 << 8, Y: 3 << 8, Miss: 2}, {X: -300, Y: 10 << 8}, {X: 7 << 8, Y: 5 << 8}} {
		v.Tracks.Tracks[i] = k
	}
	m := image.NewPaletted(image.Rect(0, 0, w, h), palette())
	paint(m, v, [][2]int{{3, 0}, {5, 2}})
	const want = "" +
		"\x01\x02\x03\x04\x00\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x05\x00\x00" +
		"\x00\x00\x00\x00\x05\x05\x05\x00" +
		"\x00\x00\x05\x00\x00\x05\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\x00\x05" +
		"\x00\x00\x00\x00\x00\x00\x05\x05"
	if string(m.Pix) != want {
		t.Errorf("got\n%v\nwant\n%v", m.Pix, []byte(want))
	}
}
