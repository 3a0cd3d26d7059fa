// Package pipeline joins the stages of counting into one fixed state of two parts: scratch, wiped
// at the end of every cycle, and carry (background cells and tracks), wiped at stop. Both live in
// memory that may be handed in. It never holds anything finer than a cell but the rows being added up.
package pipeline

import (
	"tellijn/counting/blob"
	"tellijn/counting/crossing"
	"tellijn/counting/foreground"
	"tellijn/counting/grid"
	"tellijn/counting/scene"
	"tellijn/counting/tally"
	"tellijn/counting/track"
	"tellijn/hal/camera"
)

// Settings are the few numbers that counting depends on. Every device uses Defaults; no
// configuration reaches them. They are open here so that tools can show how much each matters.
type Settings struct {
	Foreground foreground.Settings
	Blob       blob.Settings
	Track      track.Settings
	Crossing   crossing.Settings
}

// Defaults are the settings of every device.
func Defaults() Settings {
	return Settings{foreground.Defaults(), blob.Defaults(), track.Defaults(), crossing.Defaults()}
}

// Pipeline counts the frames of one camera. Use New or NewIn; it allocates nothing afterwards.
type Pipeline struct {
	scene scene.Scene
	plan  grid.Plan
	*scratch
	*carry
}

// New checks scene and format and sizes the grid. The grid is never finer than
// counting.MaxPerson cells a person. The state lives on the heap.
func New(sc *scene.Scene, f camera.Format) (*Pipeline, error) {
	return NewWith(sc, f, Defaults())
}

// NewWith is New with other settings, for tools.
func NewWith(sc *scene.Scene, f camera.Format, s Settings) (*Pipeline, error) {
	return build(heap(), sc, f, s)
}

// NewIn is New with the state in memory of the caller, who may take it back after Wipe. What is in it
// before is overwritten. It wraps wipe.ErrPlace if a part is shorter than Sizes says.
func NewIn(m Memory, sc *scene.Scene, f camera.Format) (*Pipeline, error) {
	return build(m, sc, f, Defaults())
}

func build(m Memory, sc *scene.Scene, f camera.Format, s Settings) (*Pipeline, error) {
	if err := sc.Check(); err != nil {
		return nil, err
	}
	if err := f.Check(); err != nil {
		return nil, err
	}
	plan, err := grid.NewPlan(sc, f)
	if err != nil {
		return nil, err
	}
	p := &Pipeline{scene: *sc, plan: plan}
	if p.scratch, p.carry, err = m.place(); err != nil {
		return nil, err
	}
	p.grid.Set(plan, f)
	p.model.Set(plan.W, plan.H, f.Interval, s.Foreground)
	p.tracks.Set(plan.W, plan.H, plan.Person, f.Interval, s.Track)
	p.lone.Set(plan.Person, s.Blob)
	p.counter.Set(sc, plan.SpanX, plan.SpanY, plan.Person, f.Interval, s.Crossing)
	return p, nil
}

// Plan says how frames become cells.
func (p *Pipeline) Plan() grid.Plan { return p.plan }

// Reduce reads the frame in place into cells. The frame may go back to its source right after,
// whatever Reduce returns. On an error nothing of the frame is kept: call Skip, not Count.
func (p *Pipeline) Reduce(f *camera.Frame) error { return p.grid.Reduce(f.Data) }

const (
	coarse  = 6 * 256 // side of a person in 1/256 cell below which a record says so
	crowded = 90      // share of the cells that people cover, 1/256, from which a record says so
)

// maxGap bounds how many lost frames are made up for in one cycle; after a longer gap nobody is
// where the prediction says.
const maxGap = 8

// Count finishes the cycle of the frame with this sequence number: background, blobs, tracks,
// crossings. It returns the crossings of this cycle, valid until the next call, and wipes scratch.
func (p *Pipeline) Count(sequence uint32) []crossing.Crossing {
	relit := p.detect(sequence)
	return p.finish(sequence, relit)
}

// detect finds out who is where.
func (p *Pipeline) detect(sequence uint32) (relit bool) {
	elapsed := uint32(1)
	if p.started {
		elapsed = min(max(sequence-p.last, 1), maxGap)
	}
	p.started, p.last = true, sequence
	relit = p.model.Step(p.grid.Cells[:], &p.protected, &p.foreground)
	f := &p.foreground
	p.tracks.Expected(&p.known, elapsed)
	p.track.Find.Promote(&f.Dim, &f.Mask, &p.track.Free, p.plan.W, p.plan.H, &p.lone, &p.known)
	p.tracks.Step(&track.Seen{Mask: &f.Mask, Maybe: &f.Maybe, Dim: &f.Dim, Elapsed: elapsed, Holding: p.model.Holding()}, &p.track)
	p.tracks.Protected(&p.protected)
	return relit
}

// finish counts crossings and wipes scratch.
func (p *Pipeline) finish(sequence uint32, relit bool) []crossing.Crossing {
	found := p.counter.Step(&p.tracks, sequence, p.model.Holding())
	p.add(found, relit)
	p.wipeScratch()
	return found
}

// add books the cycle into the tally.
func (p *Pipeline) add(found []crossing.Crossing, relit bool) {
	t := &p.tally
	t.Cycles++
	t.Dropped += p.tracks.Full + p.counter.Full
	if p.tracks.Full+p.counter.Full > 0 {
		t.Quality |= tally.Full
	}
	if relit {
		t.Quality |= tally.Relit
	}
	if p.plan.Person < coarse {
		t.Quality |= tally.Coarse
	}
	if p.tracks.Covered*256 > int32(p.plan.W*p.plan.H)*crowded {
		t.Quality |= tally.Crowded
	}
	for _, c := range found {
		if c.Forward {
			t.Lines[c.Line].Forward++
		} else {
			t.Lines[c.Line].Backward++
		}
	}
	for i := range p.scene.NZones {
		n := crossing.Inside(&p.scene.Zones[i], &p.tracks, p.plan.SpanX, p.plan.SpanY)
		t.Zones[i].Inside, t.Zones[i].Peak = n, max(t.Zones[i].Peak, n)
		p.crowd[i] = n
	}
}

// Skip notes a frame that came but could not be counted on.
func (p *Pipeline) Skip(sequence uint32) {
	p.tally.Damaged++
	p.grid.Wipe()
}

// Lived notes how long the last frame lived, in microseconds.
func (p *Pipeline) Lived(us uint32) {
	p.lifetimes.Add(us)
	p.tally.Lifetime.Worst = max(p.tally.Lifetime.Worst, us)
}

// Close ends the interval at the frame sequence number to and returns its tally.
func (p *Pipeline) Close(to uint32) tally.Tally {
	t := p.tally
	t.To = to
	t.Lifetime.P999 = p.lifetimes.P999()
	if uint64(t.Cycles)*10 < uint64(t.To-t.From)*9 {
		t.Quality |= tally.Starved
	}
	p.tally = tally.Tally{Number: t.Number + 1, From: to}
	for i, n := range p.crowd {
		p.tally.Zones[i] = tally.Zone{Inside: n, Peak: n}
	}
	return t
}

func (p *Pipeline) wipeScratch() {
	p.grid.Wipe()
	p.foreground = foreground.Scratch{}
	p.track = track.Scratch{}
	p.known = blob.Known{}
}

// Wipe overwrites the whole state and lets go of its memory. The pipeline is unusable afterwards.
// Wiping twice is fine.
func (p *Pipeline) Wipe() {
	if p.scratch != nil {
		*p.scratch, *p.carry = scratch{}, carry{}
	}
	*p = Pipeline{}
}
