package crossing

import (
	"testing"
	"time"

	"tellijn/counting"
	"tellijn/counting/scene"
	"tellijn/counting/track"
)

// watch runs what draw shows through the tracker and counts it at a line across the middle of
// 100 x 100 cells.
func watch(cycles int, draw func(i int, put func(x, y int))) (found []Crossing) {
	const side = 10
	sc := &scene.Scene{PersonArea: 10_000, NLines: 1}
	sc.Lines[0] = across(100)
	var c Counter
	c.Set(sc, 100*256, 100*256, side*256, 40*time.Millisecond, Defaults())
	var table track.Table
	table.Set(100, 100, side*256, 40*time.Millisecond, track.Defaults())
	for i := range cycles {
		var mask, none counting.Bits
		var scratch track.Scratch
		draw(i, func(x, y int) {
			for yy := max(0, y-side/2); yy < min(100, y+side/2); yy++ {
				for xx := x - side/2; xx < x+side/2; xx++ {
					mask[yy*counting.Words+xx>>6] |= 1 << (xx & 63)
				}
			}
		})
		table.Step(&track.Seen{Mask: &mask, Maybe: &none, Dim: &none, Elapsed: 1}, &scratch)
		found = append(found, c.Step(&table, uint32(i), false)...)
	}
	return found
}

// cart draws a person of one size and, ahead, a cart of one and a half.
func cart(put func(x, y int), y, ahead int) {
	put(50, y)
	put(50, y+ahead*10)
	put(50, y+ahead*15)
}

// Somebody with a cart is one, counted about when on the line.
func TestCartIsOne(t *testing.T) {
	for _, ahead := range []int{1, -1} {
		found := watch(140, func(i int, put func(x, y int)) { cart(put, i-15, ahead) })
		if len(found) != 1 || !found[0].Forward {
			t.Fatalf("cart %+d: %v, want one forward", ahead, found)
		}
		if want := 65 - 6*ahead; abs(int32(found[0].Frame)-int32(want)) > 5 {
			t.Errorf("cart %+d: on the line at frame %d, want %d, between cart and person", ahead, found[0].Frame, want)
		}
	}
}

// Whoever pushes a cart over the line, and pulls it back, has not crossed.
func TestCartTurnsInTheDoor(t *testing.T) {
	found := watch(140, func(i int, put func(x, y int)) { cart(put, min(i, 100-i)-5, 1) })
	if len(found) != 0 {
		t.Errorf("%v, want nobody", found)
	}
}

// Two people side by side are two, whoever is ahead by half a step.
func TestTwoSideBySide(t *testing.T) {
	found := watch(140, func(i int, put func(x, y int)) {
		put(40, i-10)
		put(54, i-14)
	})
	if len(found) != 2 || !found[0].Forward || !found[1].Forward {
		t.Errorf("%v, want two forward", found)
	}
}

// A shadow runs ahead over the line and has a track of its own. When its person, just over the line,
// is found to be one with it, the person has come over. When both came together, nobody has yet.
func TestPartOfAnotherComesOver(t *testing.T) {
	for ahead, want := range map[int]int{60: 1, 40: 0} {
		sc := &scene.Scene{PersonArea: 10_000, NLines: 1}
		sc.Lines[0] = across(100)
		var c Counter
		c.Set(sc, cells*256, cells*256, person, 40*time.Millisecond, Defaults())
		var table track.Table
		n := 0
		for i := range 40 {
			table.Live, table.Born, table.Merged = 3, 0, 0
			switch i {
			case 0:
				table.Born = 3
			case 39:
				table.Live, table.Merged = 1, 2
			}
			table.Tracks[0] = track.Track{X: 50 << 8, Y: int32(ahead) << 8, Hits: uint32(i + 1)}
			table.Tracks[1] = track.Track{X: 50 << 8, Y: int32(min(20+i, 54)) << 8, Hits: uint32(i + 1), Into: 0}
			for _, x := range c.Step(&table, uint32(i), false) {
				if !x.Forward || x.Frame != 30 {
					t.Errorf("part ahead at %d: %+v, want forward at frame 30", ahead, x)
				}
				n++
			}
		}
		if n != want {
			t.Errorf("part ahead at %d: %d crossings, want %d", ahead, n, want)
		}
	}
}
