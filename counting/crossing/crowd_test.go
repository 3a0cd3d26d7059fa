package crossing

import (
	"testing"
	"time"

	"pgregory.net/rapid"
	"tellijn/counting"
	"tellijn/counting/scene"
	"tellijn/counting/track"
)

// More people at once than the list of crossings has places: what is too much is counted as dropped.
func TestFullListDropsAndCounts(t *testing.T) {
	sc := &scene.Scene{PersonArea: 10_000, NLines: 1}
	sc.Lines[0] = across(100)
	var c Counter
	c.Set(sc, cells*256, cells*256, person, 40*time.Millisecond, Defaults())
	var table track.Table
	table.Live = 1<<counting.MaxTracks - 1
	total, dropped := 0, uint32(0)
	for i := range 61 {
		table.Born = 0
		if i == 0 {
			table.Born = table.Live
		}
		for k := range table.Tracks {
			table.Tracks[k] = track.Track{X: int32(k) << 8, Y: int32(20+i) << 8, Hits: uint32(i + 1)}
		}
		total += len(c.Step(&table, uint32(i), false))
		dropped += c.Full
	}
	if total != counting.MaxCrossings || dropped != counting.MaxTracks-counting.MaxCrossings {
		t.Errorf("%d counted and %d dropped, want %d and %d", total, dropped, counting.MaxCrossings, counting.MaxTracks-counting.MaxCrossings)
	}
}

// After the light jumped nobody is sure, so no crossing starts.
func TestHolding(t *testing.T) {
	sc := &scene.Scene{PersonArea: 10_000, NLines: 1}
	sc.Lines[0] = across(100)
	for _, holding := range []bool{false, true} {
		var c Counter
		c.Set(sc, cells*256, cells*256, person, 40*time.Millisecond, Defaults())
		n := 0
		var table track.Table
		for i := range 61 {
			table.Live, table.Born = 1, 0
			if i == 0 {
				table.Born = 1
			}
			table.Tracks[0] = track.Track{X: 50 << 8, Y: int32(20+i) << 8, Hits: uint32(i + 1)}
			n += len(c.Step(&table, uint32(i), holding))
		}
		if want := map[bool]int{false: 1, true: 0}[holding]; n != want {
			t.Errorf("holding %v: %d crossings, want %d", holding, n, want)
		}
	}
}

// Whoever ends on the side where the way began has crossed as often one way as the other; else once
// more. That holds for any way that stays in the picture.
func TestWaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := straight(50, 20, 50, 20, 1)
		for range rapid.IntRange(1, 12).Draw(t, "legs") {
			at := w[len(w)-1]
			w = append(w, straight(at.x, at.y, rapid.IntRange(5, 95).Draw(t, "x"), rapid.IntRange(5, 95).Draw(t, "y"), rapid.IntRange(8, 40).Draw(t, "steps"))...)
		}
		last := w[len(w)-1]
		w = append(w, straight(last.x, last.y, 50, 20, 20)...)
		net := 0
		for _, x := range counted(w, across(100)) {
			if x.Forward {
				net++
			} else {
				net--
			}
		}
		if net != 0 {
			t.Errorf("came back to where the way began, and counted %+d", net)
		}
	})
}

// The parity of a zone, against the plain definition of a star and a square.
func TestInside(t *testing.T) {
	square := &scene.Zone{N: 4}
	copy(square.Corners[:], []scene.Point{{X: 16384, Y: 16384}, {X: 49152, Y: 16384}, {X: 49152, Y: 49152}, {X: 16384, Y: 49152}})
	star := &scene.Zone{N: 5} // crosses itself: its middle is outside by parity
	copy(star.Corners[:], []scene.Point{{X: 32768, Y: 3277}, {X: 50135, Y: 56689}, {X: 3277, Y: 23593}, {X: 62259, Y: 23593}, {X: 15401, Y: 56689}})
	for _, c := range []struct {
		zone *scene.Zone
		x, y int32 // cells
		hits uint32
		want uint16
	}{
		{square, 50, 50, 9, 1}, {square, 50, 50, track.Sure - 1, 0}, {square, 20, 50, 9, 0}, {square, 80, 50, 9, 0}, {square, 50, 20, 9, 0}, {square, 26, 74, 9, 1},
		{star, 50, 50, 9, 0}, {star, 50, 20, 9, 1}, {star, 15, 38, 9, 1}, {star, 50, 80, 9, 0}, {square, -5, 50, 9, 0},
	} {
		var table track.Table
		table.Live = 1 << 63
		table.Tracks[63] = track.Track{X: c.x<<8 + 128, Y: c.y<<8 + 128, Hits: c.hits}
		if got := Inside(c.zone, &table, cells*256, cells*256); got != c.want {
			t.Errorf("%d corners, at %d, %d with %d hits: %d inside, want %d", c.zone.N, c.x, c.y, c.hits, got, c.want)
		}
	}
}
