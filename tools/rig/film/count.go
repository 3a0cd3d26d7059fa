package film

import (
	"context"
	"fmt"

	"tellijn/counting/pipeline"
	"tellijn/hal/camera"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/film/reel"
)

// Played is how many frames the board took, those before it counted included.
func (f *Film) Played() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state.taken
}

// Counted is how many of them the eye counted on, or would have if they had not been spoilt.
func (f *Film) Counted() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counted()
}

// counted is Counted. f.mu is held.
func (f *Film) counted() (n int) {
	for _, l := range f.lives {
		for _, r := range l.runs {
			if r.fault != lost {
				n += r.frames
			}
		}
	}
	return n
}

// Await waits until the eye has counted on n frames more than now, or the film has ended.
func (f *Film) Await(ctx context.Context, n int) error {
	want := f.Counted() + n
	err := f.wait(ctx, func() bool { return f.counted() >= want || f.reel.Over() && !f.state.waits })
	if err != nil {
		return fmt.Errorf("film: %d frames of %d were taken: %w", n-max(want-f.Counted(), 0), n, err)
	}
	return nil
}

// Hurried is how many frames there are of which nobody knows whether the board took them in time.
func (f *Film) Hurried() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state.hurried
}

// Truth gives who crossed each line on the frames that were shown.
func (f *Film) Truth() (all []bench.Counts, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.scene.NLines {
		var c bench.Counts
		known := false
		if c.Forward, c.Backward, known = f.reel.Truth(i); !known {
			return nil, errNoTruth
		}
		all = append(all, c)
	}
	return all, f.err
}

// Replayed counts the frames that were sent once more, with the counting of every device: each life of an eye by
// itself. What is going on at the moment is counted up to now.
func (f *Film) Replayed() ([]bench.Counts, error) {
	f.mu.Lock()
	lives := make([]life, len(f.lives))
	for i, l := range f.lives {
		lives[i] = *l
		lives[i].runs = append([]run(nil), l.runs...)
	}
	hurried, err := f.state.hurried, f.err
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if hurried > 0 {
		return nil, fmt.Errorf("film: of %d frames nobody knows whether the board took them (is this computer overloaded?): %w", hurried, bench.ErrCannot)
	}
	return f.replay(lives)
}

// replay opens the reel again and counts.
func (f *Film) replay(lives []life) ([]bench.Counts, error) {
	again, _, err := reel.Open(f.from)
	if err != nil {
		return nil, err
	}
	defer again.Close()
	all := make([]bench.Counts, f.scene.NLines)
	for _, l := range lives {
		p, err := pipeline.New(&f.scene, f.Format())
		if err != nil {
			return nil, fmt.Errorf("film: %w", err)
		}
		sequence := uint32(0) // from the first that is counted on: only gaps matter
		for _, r := range l.runs {
			for range r.frames {
				data, err := again.Next()
				if err != nil {
					return nil, err
				}
				if r.fault == lost {
					continue
				}
				f.count(p, data, r.fault, sequence, all)
				sequence++
			}
		}
		p.Wipe()
	}
	return all, nil
}

// count is what the eye does with one frame.
func (f *Film) count(p *pipeline.Pipeline, data []byte, fault string, sequence uint32, all []bench.Counts) {
	data = usable(data, fault, f.Format())
	if data == nil || p.Reduce(&camera.Frame{Data: data, Sequence: sequence}) != nil {
		p.Skip(sequence)
		return
	}
	for _, c := range p.Count(sequence) {
		if c.Forward {
			all[c.Line].Forward++
		} else {
			all[c.Line].Backward++
		}
	}
}
