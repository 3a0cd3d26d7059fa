package pipeline

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tellijn/counting/grid"
	"tellijn/counting/scene"
	"tellijn/counting/tally"
	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
)

func TestNewSaysWhatIsWrong(t *testing.T) {
	good := shape(camera.GREY, 160, 120)
	bad := across(36_000)
	bad.NLines = 0
	if _, err := New(bad, good); !errors.Is(err, scene.ErrInvalid) {
		t.Errorf("no line: %v", err)
	}
	if _, err := New(across(36_000), shape(camera.GREY, 4, 4)); !errors.Is(err, camera.ErrFormat) {
		t.Errorf("4x4 pixels: %v", err)
	}
	if _, err := New(across(500), good); !errors.Is(err, grid.ErrCoarse) {
		t.Errorf("a person of 3 pixels: %v", err)
	}
}

// Damaged frames are errors and no crossings, and counting goes on afterwards.
func TestDamage(t *testing.T) {
	for _, pixel := range formats {
		f := shape(pixel, 320, 240)
		p := made(t, across(36_000), f)
		all := frames(t, f, 36_000, 12)
		for i, data := range all {
			whole := camera.Frame{Data: data}
			for _, n := range []int{0, 1, len(data) / 3, f.LumaSize() - 1} {
				if n < 0 {
					continue
				}
				part := camera.Frame{Data: data[:n]}
				if p.Reduce(&part) == nil {
					t.Errorf("%v: %d of %d bytes pass", pixel, n, len(data))
				}
				p.Skip(uint32(2 * i))
			}
			if err := p.Reduce(&whole); err != nil {
				t.Fatalf("%v: after damage: %v", pixel, err)
			}
			p.Count(uint32(2*i + 1))
		}
		if got := p.Close(uint32(2 * len(all))); got.Cycles != uint32(len(all)) || got.Lines != [len(got.Lines)]tally.Line{} {
			t.Errorf("%v: %d cycles, crossings %v", pixel, got.Cycles, got.Lines)
		}
	}
}

// The same frames give the same crossings, and the tally adds up to them.
func TestTallyAddsUp(t *testing.T) {
	f, script := shape(camera.GREY, 160, 120), sim.Door(14, sim.Nominal(), 12)
	p, q := made(t, across(36_000), f), made(t, across(36_000), f)
	once := counted(t, p, door(t, f, 36_000, script), nil)
	again := counted(t, q, door(t, f, 36_000, script), nil)
	if !slices.Equal(once, again) || len(once) == 0 {
		t.Fatalf("%v, and again %v", once, again)
	}
	var want tally.Line
	for _, c := range once {
		if c.Forward {
			want.Forward++
		} else {
			want.Backward++
		}
	}
	got := p.Close(1000)
	if got.Lines[0] != want || got.Number != 0 || got.From != 0 || got.To != 1000 || got.Zones[0].Peak == 0 {
		t.Errorf("%+v, want %+v on line 0", got, want)
	}
	if next := p.Close(2000); next.Lines[0] != (tally.Line{}) || next.Number != 1 || next.From != 1000 || next.Quality&tally.Starved == 0 {
		t.Errorf("an interval without frames: %+v", next)
	}
}

// Upside down everybody walks the other way; with the line turned too, the same way again. Cells are
// whole here, so that upside down they are the same cells; ties may still fall otherwise, so a
// crossing in twenty may differ.
func TestMirror(t *testing.T) {
	f, seconds := shape(camera.GREY, 160, 120), int32(80)
	if raceEnabled {
		t.Skip("plays minutes of a scene: not under the race detector")
	}
	if testing.Short() {
		seconds = 30
	}
	const area = 25_208 // 2 pixels a cell
	script := sim.Door(9, sim.Nominal(), seconds)
	flip := func(data []byte) { // turned by half a circle
		slices.Reverse(data)
	}
	ways := func(sc *scene.Scene, change func([]byte)) (n [2]int) {
		for _, c := range counted(t, made(t, sc, f), door(t, f, area, script), change) {
			if c.Forward {
				n[0]++
			} else {
				n[1]++
			}
		}
		return n
	}
	turned := across(area)
	turned.Lines[0].A, turned.Lines[0].B = turned.Lines[0].B, turned.Lines[0].A
	plain := ways(across(area), nil)
	for name, n := range map[string][2]int{
		"picture turned":          ways(across(area), flip),
		"line turned":             ways(turned, nil),
		"picture and line turned": ways(turned, flip),
	} {
		want := [2]int{plain[1], plain[0]}
		if strings.HasPrefix(name, "picture and") {
			want = plain
		}
		slack := 1 + (want[0]+want[1])/20
		if name == "line turned" {
			slack = 0
		}
		if d := max(n[0]-want[0], want[0]-n[0], n[1]-want[1], want[1]-n[1]); d > slack || plain[0]+plain[1] == 0 {
			t.Errorf("%s: forward and backward %v, want %v within %d", name, n, want, slack)
		}
	}
}
