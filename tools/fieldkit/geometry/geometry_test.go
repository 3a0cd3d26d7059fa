package geometry

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tellijn/boards"
	"tellijn/counting/scene"
	"tellijn/firmware/config"
	"tellijn/tools/fieldkit/command"
)

// place is a place with round numbers: a lens of 90 degrees sees twice as far as it is high.
func place() Place {
	return Place{Height: 2.4, Angle: 90, Width: 320, Rows: 240, FPS: 15, Door: 1}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-4 }

// TestByHand holds it against numbers worked out on paper. At 2.4 m the lens is 1 m above shoulders.
func TestByHand(t *testing.T) {
	for _, tc := range []struct {
		name                             string
		bend                             func(p *Place)
		across, along, floorX, area      float64
		x0, y0, x1                       float64
		before, cellShoulders, cellFloor float64
	}{
		// 2 m x 1.5 m; 0.2025 / 3 = 0.0675; a person is 0.45 / 2 x 320 = 72 pixels, a cell 72 / 11 = 6.5, so 7 whole
		// ones, 2 m / 320 x 7 = 43.75 mm.
		{"round", func(p *Place) {}, 2, 1.5, 4.8, 0.0675, 0.25, 0.5, 0.75, 0.75, 43.75, 105},
		// tan 45 degrees from corner to corner of 4:3 is 0.8 across and 0.6 along; 2 m above shoulders: 3.2 m x 2.4 m.
		{"diagonal", func(p *Place) { p.Diagonal, p.Height = true, 3.4 }, 3.2, 2.4, 5.44, 0.2025 / 7.68, 0.34375, 0.5, 0.65625, 1.2, 50, 85},
		// 90 degrees across 16:9 are 1 and 0.5625; 4:3 of that height is 0.75 wide; 2 m above shoulders.
		{"sides cut off", func(p *Place) { p.Native, p.Height = 16./9, 3.4 }, 3, 2.25, 5.1, 0.03, 0.3333, 0.5, 0.6667, 1.125, 46.875, 79.6875},
		// 90 degrees across 4:3 are 1 and 0.75; 16:9 of that width is 0.5625 high.
		{"top and bottom cut off", func(p *Place) { p.Native, p.Width, p.Rows, p.Height = 4./3, 320, 180, 3.4 }, 4, 2.25, 6.8, 0.0225, 0.375, 0.5, 0.625, 1.125, 50, 85},
		// 0.1 m towards outside is up by 0.1 / 1.5.
		{"line outside", func(p *Place) { p.Offset = 0.1 }, 2, 1.5, 4.8, 0.0675, 0.25, 0.43333, 0.75, 0.65, 43.75, 105},
		// To the right of who walks down is to the left.
		{"door to the right", func(p *Place) { p.Side = 0.2 }, 2, 1.5, 4.8, 0.0675, 0.15, 0.5, 0.65, 0.75, 43.75, 105},
		{"turned", func(p *Place) { p.Side, p.Offset, p.TopIn = 0.2, 0.1, true }, 2, 1.5, 4.8, 0.0675, 0.85, 0.56667, 0.35, 0.65, 43.75, 105},
	} {
		p := place()
		tc.bend(&p)
		r, err := Work(p)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		for _, v := range []struct {
			what      string
			got, want float64
		}{{"across", r.Across, tc.across}, {"along", r.Along, tc.along}, {"floor", r.FloorX, tc.floorX}, {"area", r.Area, tc.area},
			{"from x", r.From[0], tc.x0}, {"from y", r.From[1], tc.y0}, {"to x", r.To[0], tc.x1}, {"to y", r.To[1], tc.y0}, {"before", r.Before, tc.before},
			{"cell at shoulders", r.CellShoulders, tc.cellShoulders}, {"cell on the floor", r.CellFloor, tc.cellFloor}} {
			if !near(v.got, v.want) {
				t.Errorf("%s: %s %.5f, want %.5f", tc.name, v.what, v.got, v.want)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		name  string
		bend  func(p *Place)
		want  string
		place bool // wraps ErrPlace
	}{
		{"low", func(p *Place) { p.Height = 2.19 }, "hang it at 2.20 m or higher", true},
		{"unit", func(p *Place) { p.Height = 240 }, "-height 240, want 0.1 to 100 metres (not centimetres)", false},
		{"not a number", func(p *Place) { p.Height = math.NaN() }, "-height NaN", false},
		{"narrow", func(p *Place) { p.Angle = 19 }, "the angle 19", false},
		{"fisheye", func(p *Place) { p.Angle = 160 }, "a wider lens bends lines", false},
		{"door", func(p *Place) { p.Door = 95 }, "-door 95", false},
		{"wide door", func(p *Place) { p.Door = 2 }, "a door of 2.00 m and half a person on both sides are 2.45 m across; hang it at 2.65 m or higher, or take a lens of 102 degrees or more", true},
		{"short way", func(p *Place) { p.Angle = 75 }, "through the door it must see 1.25 m, 0.62 m on each side", true},
		{"line far out", func(p *Place) { p.Offset = 0.2 }, "through the door it must see 1.65 m, 0.62 m on each side", true},
		{"line far in", func(p *Place) { p.Offset = -0.2 }, "through the door it must see 1.65 m, 0.62 m on each side", true},
		{"aside", func(p *Place) { p.Side = 0.5 }, "nearer to the middle of the door", true},
		{"slow camera", func(p *Place) { p.FPS = 5 }, "1.43 m on each side", true},
		{"very wide door", func(p *Place) { p.Door = 6 }, "hang it at 4.65 m or higher", true},
		{"high", func(p *Place) { p.Height = 20 }, "hang it at 10.35 m or lower", true},
		{"pixels", func(p *Place) { p.Width = 0 }, "-format", false},
		{"shape", func(p *Place) { p.Native = 9 }, "-native 9", false},
	} {
		p := place()
		tc.bend(&p)
		_, err := Work(p)
		if err == nil || !strings.Contains(err.Error(), tc.want) || errors.Is(err, ErrPlace) != tc.place {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestAdvice takes any place that is refused at its word: where it says to hang the lens, it works or is
// refused for another reason, never for the same.
func TestAdvice(t *testing.T) {
	advised := 0
	rapid.Check(t, func(t *rapid.T) {
		p := place()
		p.Height = rapid.Float64Range(2.2, 30).Draw(t, "height")
		p.Angle = rapid.Float64Range(20, 120).Draw(t, "angle")
		p.Diagonal = rapid.Bool().Draw(t, "diagonal")
		p.Door = rapid.Float64Range(0.6, 4).Draw(t, "door")
		p.Offset, p.Side = rapid.Float64Range(-0.5, 0.5).Draw(t, "offset"), rapid.Float64Range(-0.5, 0.5).Draw(t, "side")
		p.TopIn = rapid.Bool().Draw(t, "top in")
		r, err := Work(p)
		if err != nil {
			_, advice, found := strings.Cut(err.Error(), "hang it at ")
			if !errors.Is(err, ErrPlace) || !found {
				t.Fatal(err)
			}
			var height float64
			var word, way string
			if _, scan := fmt.Sscanf(advice, "%f m or %s", &height, &way); scan != nil {
				t.Fatal(advice, word)
			}
			advised++
			q := p
			q.Height = height
			if _, again := Work(q); again != nil && strings.Contains(again.Error(), way) && strings.Contains(again.Error(), "sees") == strings.Contains(err.Error(), "sees") {
				t.Fatalf("%v\nthen %v", err, again)
			}
			return
		}
		if err := r.Scene.Check(); err != nil {
			t.Fatal(err)
		}
		if r.CellShoulders < 40 || r.CellFloor <= r.CellShoulders || r.FramesBefore < frames-1e-9 || r.Cells > 11.0001 {
			t.Fatalf("%+v", r)
		}
		// Half a person beyond both ends of the door is in view.
		edge := Person / 2 / r.Across
		if min(r.From[0], r.To[0])-edge < -1e-4 || max(r.From[0], r.To[0])+edge > 1+1e-4 || r.From[1] != r.To[1] {
			t.Fatalf("line %v %v, half a person is %v", r.From, r.To, edge)
		}
		if length := math.Abs(r.To[0]-r.From[0]) * r.Across; math.Abs(length-p.Door) > 0.01 {
			t.Fatalf("the line is %.3f m, the door %.3f m", length, p.Door)
		}
		turned := p
		turned.TopIn = !p.TopIn
		if s, err := Work(turned); err != nil || !near(s.From[0], 1-r.From[0]) || !near(s.To[1], 1-r.To[1]) || s.Area != r.Area {
			t.Fatalf("turned by half: %v %v and %v %v", r.From, r.To, s.From, s.To)
		}
		if out := Draw(p, r); !drawn(out) {
			t.Fatal(out)
		}
	})
	if advised == 0 {
		t.Error("nothing was refused, so no advice was tried")
	}
}

// drawn tells whether a text is well-formed and holds no number that is none.
func drawn(s string) bool {
	dec := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := dec.Token(); err == io.EOF {
			return !strings.Contains(s, "NaN") && !strings.Contains(s, "Inf")
		} else if err != nil {
			return false
		}
	}
}

// TestCommand writes a configuration that the device takes, and says what was wrong with the flags.
func TestCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "door.svg")
	var out, errOut bytes.Buffer
	do := func(args string) error {
		out.Reset()
		errOut.Reset()
		return Command().Run(t.Context(), strings.Fields(args), &out, &errOut)
	}
	if err := do("-height 2.8 -angle 78 -door 0.95 -draw " + file); err != nil {
		t.Fatal(err)
	}
	b, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	if err := config.Apply("door.toml", out.String(), &b); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	p := Place{Height: 2.8, Angle: 78, Width: 320, Rows: 240, FPS: 15, Door: 0.95}
	r, err := Work(p)
	if err != nil {
		t.Fatal(err)
	}
	if d := b.Scene.PersonArea - r.Scene.PersonArea; d < -50 || d > 50 || b.Scene.NLines != 1 || b.Scene.Lines[0] != r.Scene.Lines[0] {
		t.Errorf("%+v, want %+v", b.Scene, r.Scene)
	}
	// A person of that size on the floor of the board's own camera is one for counting too.
	if b.Wanted.Width != p.Width || b.Wanted.Height != p.Rows || b.Scene.PersonArea < scene.MinPersonArea {
		t.Errorf("%+v", b.Wanted)
	}
	if svg, err := os.ReadFile(file); err != nil || !drawn(string(svg)) {
		t.Error(err)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%q", line)
		}
	}
	for args, want := range map[string]string{
		"":                    "-height and -door are needed",
		"-height 2.8 -door 1": "one of -angle and -diagonal",
		"-height 2.8 -door 1 -angle 78 -diagonal 90":     "one of -angle and -diagonal",
		"-height 2.8 -door 1 -angle 78 -top up":          `-top "up"`,
		"-height 2.8 -door 1 -angle 78 -format 320":      `-format "320"`,
		"-height 2.8 -door 1 -angle 78 -format 0320x240": `-format "0320x240"`,
		"-height 2.8 -door 1 -angle 78 -native wide":     `-native "wide"`,
		"-height 2.8 -door 1 -angle 78 -native 16:-9":    `-native "16:-9"`,
		"-height 2.8 -door 1 -angle 78 rest":             `"rest" is no flag`,
		"-height tall -door 1 -angle 78":                 "invalid value",
	} {
		if err := do(args); !errors.Is(err, command.ErrUsage) || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%s: got %v, want %q", args, err, want)
		}
	}
	if err := do("-height 2.8 -door 1 -angle 78 -draw " + filepath.Join(file, "x")); err == nil {
		t.Error("a drawing that cannot be written is no error")
	}
}
