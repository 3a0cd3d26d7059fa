// Package play decides who walks where and when in a simulated scene, from a seed and the knobs. It
// draws nothing. Everything it decides is laid down as paths, and the crossings it reports are read
// from those paths alone. hal/camera/sim/body draws its people.
package play

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/path"
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

const maxLines = 8

// MaxPeople in view at once. Whoever finds the scene full waits outside.
const MaxPeople = 24

// Person is somebody in the scene now.
type Person struct {
	Look
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

	stage    Stage
	kind     Kind
	k        knobs.Knobs
	seed     uint64
	lane     lane
	interval time.Duration
	end      uint32 // frames; 0: endless
	arrivals uint64
	next     time.Duration // arrival
	over     bool          // nobody comes any more
}

// quiet is the time at the start in which nobody comes: counting learns the empty scene.
const quiet = 3 * time.Second

// New sets up a script. end is its length in frames of this interval, 0 if it is endless.
func New(s Stage, kind Kind, seed uint64, k knobs.Knobs, interval time.Duration, end uint32) World {
	return World{
		stage: s, kind: kind, k: k, seed: seed, interval: interval, end: end,
		lane: newLane(&s, k.Door > 0), next: quiet, over: kind == Switching,
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

func (p *Person) step(now, interval time.Duration) {
	if now > p.way.End() {
		p.on = false
		return
	}
	if now < p.way.Start() {
		return
	}
	const around = 100 * time.Millisecond
	p.At = p.way.At(now)
	v := p.way.At(now + around).Sub(p.way.At(now - around))
	long := fixed.Sqrt(uint64(int64(v.X)*int64(v.X) + int64(v.Y)*int64(v.Y)))
	speed := int64(time.Second/(2*around)) * long // units a second
	const brisk = one * 5 / 2
	p.Stride = int32(min(speed*256/brisk, 256))
	// Two steps are about 1.4 m.
	p.Phase += uint16(speed * int64(interval/time.Microsecond) / 1_000_000 * 65536 / int64(part(310)))
	if speed > one/6 {
		p.turn(int32(int64(v.X)*fixed.Full/long), int32(int64(v.Y)*fixed.Full/long), interval)
	} else if !p.moved {
		p.Cos, p.Sin = fixed.Full, 0
	}
	p.moved = true
}

// turn brings the body into a direction within about an eighth of a second.
func (p *Person) turn(cos, sin int32, interval time.Duration) {
	if !p.moved {
		p.Cos, p.Sin = cos, sin
		return
	}
	rate := int32(min(interval*256/(120*time.Millisecond), 256))
	x, y := p.Cos+(cos-p.Cos)*rate>>8, p.Sin+(sin-p.Sin)*rate>>8
	n := int32(fixed.Sqrt(uint64(x*x + y*y)))
	if n < fixed.Full/4 { // about face: over the shoulder, not through the body
		x, y, n = -p.Sin, p.Cos, fixed.Full
	}
	p.Cos, p.Sin = x*fixed.Full/n, y*fixed.Full/n
}
