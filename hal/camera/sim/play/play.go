// Package play decides who walks where and when in a simulated scene, from a seed and the knobs. It
// draws nothing. Everything it decides is laid down as paths, and the crossings it reports are read
// from those paths alone. hal/camera/sim/body draws its people.
package play

import (
	"time"

	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/light"
	"tellijn/hal/camera/sim/look"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/stage"
)

// Kind is what a script is about.
type Kind uint8

// The kinds of scripts. All but Traffic have no true crossing.
const (
	Traffic   Kind = iota // people crossing the line, as the knobs say
	Turning               // everybody turns back in the door
	Hovering              // everybody lingers at the line and goes back
	Standing              // everybody stands near the line for long and goes back
	Switching             // nobody; the light goes on and off
)

const (
	one      = path.One
	maxLines = 8
)

// MaxPeople in view at once. Whoever finds the scene full waits outside.
const MaxPeople = 24

// Person is somebody in the scene now.
type Person struct {
	look.Look
	Number   uint32 // how many came before
	At       path.Point
	Cos, Sin int32  // direction of the body in 1/16384
	Phase    uint16 // of the gait, in 1/65536 of two steps
	Stride   int32  // length of steps against a brisk walk, in 1/256
	way      path.Path
	crossing [path.MaxCrossings]path.Crossing
	n        int // crossings
	told     int // of them counted
	on       bool
	moved    bool
}

// World is a script being played. Use New. Step moves it on; it allocates nothing.
type World struct {
	People [MaxPeople]Person
	Leaf   int32 // how far the door leaf is open, 0 to 1000
	// Passed counts the crossings up to the frame of the last Step, by line: forward, backward.
	Passed [maxLines][2]uint32

	stage    stage.Stage
	kind     Kind
	k        knobs.Knobs
	seed     uint64
	lane     stage.Lane
	interval time.Duration
	end      uint32 // frames; 0: endless
	arrivals uint64
	entered  uint32        // people who came
	next     time.Duration // arrival
	over     bool          // nobody comes any more
}

// quiet is the time at the start in which nobody comes: counting learns the empty scene.
const quiet = 3 * time.Second

// New sets up a script. end is its length in frames of this interval, 0 if it is endless.
func New(s stage.Stage, kind Kind, seed uint64, k knobs.Knobs, interval time.Duration, end uint32) World {
	return World{
		stage: s, kind: kind, k: k, seed: seed, interval: interval, end: end,
		lane: s.Lane(k.Door > 0), next: quiet, over: kind == Switching,
	}
}

// Step moves the world to the next frame; none is left out. note hears of each crossing as soon as
// somebody is on a way that makes it, which is some frames ahead. It may be nil.
func (w *World) Step(frame uint32, note func(path.Crossing)) {
	now := time.Duration(frame) * w.interval
	for !w.over && w.next <= now {
		w.arrive(note)
	}
	for i := range w.People {
		if p := &w.People[i]; p.on {
			w.count(p, frame)
			p.step(now, w.interval)
		}
	}
	w.swing()
}

// count adds what a person has crossed up to a frame.
func (w *World) count(p *Person, frame uint32) {
	for _, c := range p.crossing[p.told:p.n] {
		if c.Frame > frame {
			return
		}
		p.told++
		if c.Forward {
			w.Passed[c.Line][0]++
		} else {
			w.Passed[c.Line][1]++
		}
	}
}

// Distance of a person from the first line, above 0 on its forward side.
func (w *World) Distance(p *Person) int32 { return w.stage.Lines[0].Distance(p.At) }

// Visible tells whether the person is in the scene.
func (p *Person) Visible() bool { return p.on && p.moved }

// The door opens in openTime and falls shut in closeTime.
const (
	openTime  = 900 * time.Millisecond
	closeTime = 2500 * time.Millisecond
)

// swing opens the leaf when somebody is near the line and lets it fall shut afterwards.
func (w *World) swing() {
	if w.k.Door == 0 {
		return
	}
	near := false
	for i := range w.People {
		if p := &w.People[i]; p.Visible() {
			d := w.Distance(p)
			near = near || max(d, -d) < stage.Part(220)
		}
	}
	if near {
		w.Leaf = min(w.Leaf+int32(w.interval*1000/openTime), 1000)
	} else {
		w.Leaf = max(w.Leaf-int32(w.interval*1000/closeTime), 0)
	}
}

// Door gives hinge and tip of the leaf; ok is false when there is no door.
func (w *World) Door() (hinge, tip path.Point, ok bool) {
	hinge, tip = w.lane.Leaf(w.Leaf)
	return hinge, tip, w.k.Door > 0
}

// Light gives the light at a frame.
func (w *World) Light(frame uint32) light.Lit {
	now := time.Duration(frame) * w.interval
	if w.kind == Switching {
		return light.Switched(w.seed, now)
	}
	return light.At(&w.k, now)
}

// Walked gives places on the first line where people walk; see stage.Lane.
func (w *World) Walked() (places [5]path.Point, cos, sin int32) { return w.lane.Walked() }
