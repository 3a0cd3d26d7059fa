// Package wrong draws the cycles around each crossing of a clip that was missed or counted falsely,
// so that somebody at a desk can see why. A sheet has a row for each, nine moments to a row, a fifth
// of a second apart, the middle one at the crossing.
//
// It draws maskings only: which cells differ from the empty scene, which of them are shadow, the line
// and where tracks are, in the colours of tools/replay/play. It never holds or shows luma of the clip,
// and it opens regular files only: nothing of a camera can be drawn with it. It stands behind
// counting/pipeline, on the desk and outside the data path.
package wrong

import (
	"cmp"
	"fmt"
	"slices"

	"tellijn/tools/replay/clips"
	"tellijn/tools/replay/run"
	"tellijn/tools/replay/score"
	"tellijn/tools/replay/truth"
)

// Event is a crossing that was missed, or else one that was counted and was none.
type Event struct {
	Frame           int
	Missed, Forward bool
}

// String is such as "missed forward at frame 310".
func (e Event) String() string {
	kind, way := "false", "backward"
	if e.Missed {
		kind = "missed"
	}
	if e.Forward {
		way = "forward"
	}
	return fmt.Sprintf("%s %s at frame %d", kind, way, e.Frame)
}

// List gives what was wrong with a counted clip in order of frames: as many as its score says.
func List(c *truth.Clip, r *run.Result) (events []Event) {
	for _, forward := range []bool{true, false} {
		happened, counted := clips.Judged(c, r, forward)
		missed, untrue := score.Mistakes(happened, counted, c.Tolerance)
		for _, f := range missed {
			events = append(events, Event{f, true, forward})
		}
		for _, f := range untrue {
			events = append(events, Event{f, false, forward})
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Frame, b.Frame) })
	return events
}
