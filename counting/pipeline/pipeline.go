// Package pipeline joins the stages of counting into one fixed state of two parts: scratch, wiped
// at the end of every cycle, and carry (background cells and tracks), wiped at stop.
package pipeline

import (
	"tellijn/counting/crossing"
	"tellijn/counting/scene"
	"tellijn/counting/tally"
	"tellijn/hal/camera"
)

// Pipeline counts the frames of one camera. Use New; it allocates nothing afterwards.
type Pipeline struct{}

// New checks scene and format and sizes the grid. The grid is never finer than
// counting.MaxPerson cells a person.
func New(sc *scene.Scene, f camera.Format) (*Pipeline, error) { return &Pipeline{}, nil }

// Reduce reads the frame in place into cells. The frame may go back to its source right after,
// whatever Reduce returns. On an error nothing of the frame is kept: call Skip, not Count.
func (p *Pipeline) Reduce(f *camera.Frame) error { return nil }

// Count finishes the cycle of the frame with this sequence number: background, blobs, tracks,
// crossings. It returns the crossings of this cycle, valid until the next call, and wipes scratch.
func (p *Pipeline) Count(sequence uint32) []crossing.Crossing { return nil }

// Skip notes a frame that came but could not be counted on.
func (p *Pipeline) Skip(sequence uint32) {}

// Lived notes how long the last frame lived, in microseconds.
func (p *Pipeline) Lived(us uint32) {}

// Close ends the interval at the frame sequence number to and returns its tally.
func (p *Pipeline) Close(to uint32) tally.Tally { return tally.Tally{} }

// Wipe overwrites the whole state. The pipeline is unusable afterwards.
func (p *Pipeline) Wipe() {}
