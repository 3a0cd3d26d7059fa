// Package sim is a simulated camera: a seeded scene of people walking under it, drawn in whole
// numbers so that one seed gives the same frames on every machine, and the exact truth of who
// crossed which line. The truth comes from the paths, never from pixels. It shows no real person
// and reads no device. It is the first stage of the data path on the simulated board, and what
// counting is measured by.
package sim

import (
	"fmt"
	"slices"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/lender"
	"tellijn/hal/camera/sim/body"
	"tellijn/hal/camera/sim/canvas"
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/floor"
	"tellijn/hal/camera/sim/grain"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/play"
)

// Crossing is the truth of one person crossing one line: its number, the direction, and the
// sequence number of the first frame at or after the person's middle passed the line.
type Crossing = path.Crossing

// Camera is a simulated camera. Use New. After New it allocates nothing.
type Camera struct {
	c      Config
	lend   *lender.Lender
	world  play.World
	canvas *canvas.Canvas
	floor  *floor.Floor
	paint  *body.Painter
	grain  *grain.Grain
	truth  []Crossing
	end    uint32 // frames; 0: endless
	next   uint32 // sequence number
	played uint32 // frames the world has gone through
	shown  uint32 // frame that is drawn, behind next when doubled
}

// New sets up the scene. All it needs is allocated here: about 3 bytes a pixel and 40 KB.
func New(c Config) (*Camera, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	f, s := c.Format, c.Script
	end := c.Frames
	if end == 0 && s.Seconds > 0 {
		end = uint32(max(time.Duration(s.Seconds)*time.Second/f.Interval, 1))
	}
	l, err := lender.New(grain.Size(f))
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	stage, size := c.stage(), c.personSize()
	m := &Camera{c: c, lend: l, end: end,
		world:  play.New(stage, s.Kind, s.Seed, s.Knobs, f.Interval, end),
		canvas: canvas.New(f.Width, f.Height, s.Seed),
		floor:  floor.New(f.Width, f.Height, size, s.Seed),
		grain:  grain.New(f.Width, s.Knobs.Noise, s.Seed),
	}
	middle := path.Point{X: stage.Width / 2, Y: stage.Height / 2}
	m.paint = body.New(m.canvas, m.floor, size, middle, s.Knobs, s.Seed)
	places, cos, sin := m.world.Walked()
	m.paint.Fit(c.PersonArea, places[:], cos, sin)
	m.paint.Dress(c.Dress)
	m.foresee()
	return m, nil
}

// foresee plays a finite script to its end and keeps the crossings.
func (m *Camera) foresee() {
	if m.end == 0 {
		return
	}
	ahead := m.world
	for n := range m.end {
		ahead.Step(n, func(c path.Crossing) { m.truth = append(m.truth, c) })
	}
	slices.SortStableFunc(m.truth, func(a, b Crossing) int { return int(a.Frame) - int(b.Frame) })
}

// Truth gives every crossing of a finite script in order of frames; of an endless one, nil. The
// caller may keep it and must not change it.
func (m *Camera) Truth() []Crossing { return m.truth }

// Passed gives the true crossings of a line in each direction up to what the frame lent last shows.
func (m *Camera) Passed(line int) (forward, backward uint32) {
	if line < 0 || line >= len(m.c.Lines) {
		return 0, 0
	}
	return m.world.Passed[line][0], m.world.Passed[line][1]
}

// Format is what the camera delivers.
func (m *Camera) Format() camera.Format { return m.c.Format }

// Borrow draws the next frame and lends it.
func (m *Camera) Borrow(f *camera.Frame) error {
	buffer, err := m.lend.Buffer()
	if err != nil {
		return err
	}
	for m.next > 0 && m.chance(1, m.next, m.c.Script.Knobs.Dropped) {
		m.next++ // a frame that never comes
	}
	if m.end > 0 && m.next >= m.end {
		return camera.ErrEnded
	}
	if m.c.Wait != nil {
		m.c.Wait(m.next)
	}
	if m.next == 0 || !m.chance(2, m.next, m.c.Script.Knobs.Doubled) {
		m.shown = m.next
		for ; m.played <= m.next; m.played++ {
			m.world.Step(m.played, nil)
		}
	}
	m.draw(m.shown)
	s := &m.c.Script
	m.grain.Frame(buffer, m.canvas.Luma, m.c.Format, fixed.NewRand(s.Seed, uint64(m.shown)))
	m.canvas.Clear()
	m.lend.Lend(f, len(buffer), m.next, false, m.now(m.next))
	m.next++
	return nil
}

// chance decides for a frame, whatever came before it.
func (m *Camera) chance(what uint64, frame uint32, percent int32) bool {
	return int32(fixed.Hash(m.c.Script.Seed+what<<40, uint64(frame))%100) < percent
}

// now is the time of the injected clock, or of the scene at a frame.
func (m *Camera) now(frame uint32) time.Duration {
	if m.c.Clock != nil {
		return m.c.Clock()
	}
	return time.Duration(frame) * m.c.Format.Interval
}

// draw draws the clean scene of a frame.
func (m *Camera) draw(frame uint32) {
	copy(m.canvas.Luma, m.floor.Luma)
	for i := range m.world.People {
		if p := &m.world.People[i]; p.Visible() {
			m.paint.Shadow(p)
		}
	}
	m.paint.Dapples(int64(time.Duration(frame) * m.c.Format.Interval / time.Millisecond))
	m.canvas.Cast()
	for i := range m.world.People {
		if p := &m.world.People[i]; p.Visible() {
			m.paint.Person(p)
		}
	}
	if hinge, tip, ok := m.world.Door(); ok {
		m.paint.Leaf(hinge, tip)
	}
	l := m.world.Light(frame)
	grain.Expose(m.canvas.Luma, m.c.Format.Width, l.Gain, l.Flicker, l.Phase)
}

// Return wipes the frame and ends the loan.
func (m *Camera) Return(f *camera.Frame) (time.Duration, error) {
	if err := m.lend.Return(f); err != nil {
		return 0, err
	}
	if m.c.Clock == nil {
		return 0, nil
	}
	return m.c.Clock() - m.lend.Since(), nil
}

// Close wipes everything drawn and gives the buffer of the frames back. Closing twice is fine.
func (m *Camera) Close() error {
	_, err := m.lend.Close()
	m.canvas.Clear()
	return err
}
