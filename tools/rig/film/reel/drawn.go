package reel

import (
	"errors"
	"fmt"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
)

// play is a drawn scene.
type play struct {
	sim    *sim.Camera
	pixels []byte
	over   bool
}

func openPlay(kind string, seed uint64, f camera.Format, sc *scene.Scene) (Reel, error) {
	script := sim.Door(seed, sim.Nominal(), 0).Alone() // without end
	if kind == "light" {
		script = sim.LightSwitch(seed)
	}
	script.Knobs.Dropped, script.Knobs.Doubled = 0, 0 // what is lost on the way is what scenarios are about
	c := sim.Config{Format: f, PersonArea: sc.PersonArea, Script: script}
	for _, l := range sc.Lines[:sc.NLines] {
		c.Lines = append(c.Lines, sim.Line{A: sim.Point(l.A), B: sim.Point(l.B)})
	}
	m, err := sim.New(c)
	if err != nil {
		return nil, fmt.Errorf("reel: %w", err)
	}
	return &play{sim: m, pixels: make([]byte, f.Stride*f.Height)}, nil
}

func (p *play) Format() camera.Format { return p.sim.Format() }
func (p *play) Largest() int          { return len(p.pixels) }
func (p *play) Over() bool            { return p.over }
func (p *play) Close() error          { return p.sim.Close() }

func (p *play) Next() ([]byte, error) {
	var f camera.Frame
	err := p.sim.Borrow(&f)
	if errors.Is(err, camera.ErrEnded) {
		p.over = true
		return p.pixels, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reel: %w", err)
	}
	copy(p.pixels, f.Data)
	if _, err := p.sim.Return(&f); err != nil {
		return nil, fmt.Errorf("reel: %w", err)
	}
	return p.pixels, nil
}

func (p *play) Truth(line int) (forward, backward uint32, known bool) {
	forward, backward = p.sim.Passed(line)
	return forward, backward, true
}

// plain is stripes that wander, or the dark.
type plain struct {
	format camera.Format
	dark   bool
	pixels []byte
	n      int
}

func (p *plain) Format() camera.Format { return p.format }
func (p *plain) Largest() int          { return len(p.pixels) }
func (p *plain) Over() bool            { return false }
func (p *plain) Close() error          { return nil }

func (p *plain) Next() ([]byte, error) {
	for y := range p.format.Height {
		row := p.pixels[y*p.format.Stride:]
		for x := range p.format.Width {
			level := byte(16)
			if !p.dark {
				level = byte(40 + (x+2*y+p.n)%64*2)
			}
			row[2*x], row[2*x+1] = level, 128
		}
	}
	p.n++
	return p.pixels, nil
}

// Truth: nobody is in it.
func (p *plain) Truth(int) (forward, backward uint32, known bool) { return 0, 0, true }
