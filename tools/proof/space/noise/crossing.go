package noise

import (
	"fmt"
	"math/rand/v2"
	"time"

	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/firmware/view"
	"tellijn/hal/camera"
)

// Crossed is what a view shows of one block that goes across the line.
type Crossed struct {
	States   [][view.StateSize]byte // one a beat
	Forward  uint32
	Backward uint32
}

// floor is what lies under the block.
const (
	empty  = 300 // frames before the block comes
	across = 60  // frames that it takes
	beat   = 5   // frames
)

// Cross lets a bright square go over a line, down or up, and gives what the view shows at each beat.
// The floor is even, or noise of the same brightness on average in which each byte is drawn alone.
func Cross(noise, down bool, rng *rand.Rand) (*Crossed, error) {
	f := camera.Format{Pixel: camera.GREY, Width: 320, Height: 240, Stride: 320, Interval: 40 * time.Millisecond}
	sc := scene.Scene{PersonArea: 30_000, NLines: 1, NZones: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	sc.Zones[0] = scene.Zone{N: 3}
	copy(sc.Zones[0].Corners[:], []scene.Point{{X: 0, Y: 0}, {X: scene.One, Y: 0}, {X: scene.One, Y: scene.One}})
	p, err := pipeline.New(&sc, f)
	if err != nil {
		return nil, err
	}
	defer p.Wipe()
	ground := make([]byte, f.Width*f.Height)
	for i := range ground {
		ground[i] = 100
		if noise {
			ground[i] += byte(rng.IntN(33)) - 16
		}
	}
	const side = 48 // pixels: a person of this scene
	out, data := &Crossed{}, make([]byte, len(ground))
	var total view.Line
	for i := range uint32(empty + across + 60) {
		copy(data, ground)
		if at := int(i) - empty; at >= 0 && at < across {
			top := (f.Height+2*side)*at/across - side
			if !down {
				top = f.Height - top - side
			}
			for y := max(top, 0); y < min(top+side, f.Height); y++ {
				for x := 136; x < 136+side; x++ {
					data[y*f.Width+x] = 230
				}
			}
		}
		if err := p.Reduce(&camera.Frame{Data: data}); err != nil {
			return nil, fmt.Errorf("noise: %w", err)
		}
		p.Count(i)
		if (i+1)%beat > 0 {
			continue
		}
		t := p.Close(i + 1)
		total.Forward += t.Lines[0].Forward
		total.Backward += t.Lines[0].Backward
		total.LitForward, total.LitBackward = t.Lines[0].Forward > 0, t.Lines[0].Backward > 0
		b, err := view.Encode(&view.State{Number: uint16(i), Counting: true, Lines: []view.Line{total}, Zones: []uint8{uint8(t.Zones[0].Inside)}})
		if err != nil {
			return nil, err
		}
		out.States = append(out.States, b)
	}
	out.Forward, out.Backward = total.Forward, total.Backward
	return out, nil
}
