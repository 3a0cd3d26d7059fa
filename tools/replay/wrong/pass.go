package wrong

import (
	"errors"
	"fmt"
	"time"

	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/hal/camera/clip"
	"tellijn/tools/replay/clips"
	"tellijn/tools/replay/truth"
)

// apart is the time between two tiles of a row.
const apart = time.Second / 5

// Draw counts a clip below folder once more, up to the last cycle that a row of events shows, and
// keeps those cycles only. Rows are in the order of events, of which there must be one at least.
func Draw(folder string, c *truth.Clip, events []Event) (*Sheet, error) {
	if len(events) == 0 {
		return nil, fmt.Errorf("wrong: clip %s: no events, so there is nothing to draw", c.Name)
	}
	sc, err := c.Scene()
	if err != nil {
		return nil, err
	}
	src, err := clips.Open(folder, c)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return watch(src, sc, events)
}

func watch(src *clip.Clip, sc *scene.Scene, events []Event) (*Sheet, error) {
	interval := src.Format().Interval
	p, err := pipeline.New(sc, src.Format())
	if err != nil {
		return nil, err
	}
	defer p.Wipe()
	s := newSheet(p.Plan(), sc, events, int(max(1, (apart+interval/2)/interval)))
	var f camera.Frame
	for {
		err := src.Borrow(&f)
		if errors.Is(err, camera.ErrEnded) {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("wrong: %w", err)
		}
		sequence := f.Sequence
		if int(sequence) > s.last() {
			_, err := src.Return(&f)
			return s, err
		}
		usable := !f.Damaged && p.Reduce(&f) == nil
		if _, err := src.Return(&f); err != nil {
			return nil, fmt.Errorf("wrong: frame %d: %w", sequence, err)
		}
		if !usable {
			p.Skip(sequence)
			continue
		}
		p.Watched(sequence, func(v *pipeline.View) { s.take(int(sequence), v) })
	}
}
