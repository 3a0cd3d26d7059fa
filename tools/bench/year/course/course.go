// Package course takes the power of a camera through a year: the gate, the calendar and the machine of power
// that the warden itself uses, with a clock that is pretended and an eye that is one line. It switches nothing
// real. It is for tools and tests, outside the data path.
package course

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"tellijn/boards"
	"tellijn/firmware/orders"
	"tellijn/firmware/warden/calendar"
	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/turn"
	"tellijn/hal/power/simpower"
	"tellijn/privacy/devicelog"
)

// Site is a place to go through a year at.
type Site struct {
	Name   string
	Zone   string
	Open   []string // as in [hours]
	Closed []string
	// Trouble has a clock that drifts and is put right in steps, a power cut each month, at night, after which nobody tells
	// the time for three minutes, and an eye that crashes now and then.
	Trouble bool
}

// Turn is one turn of the switch, by the world's time.
type Turn struct {
	At time.Time
	On bool
}

// Year is what became of one.
type Year struct {
	Site   *Site
	Place  *time.Location
	Hours  gate.Hours
	From   time.Time
	Days   int
	Turns  []Turn
	Lit    time.Duration // in all
	Eyes   int           // started
	Cuts   int           // of the mains
	Scenes map[[32]byte]bool
	Events map[devicelog.Kind]int
	// Planned are the openings of each day by the wall clock alone, Opened and Closed what was switched.
	Planned, Opened, Closed map[string]int
	Delay                   time.Duration // the longest from a planned turn to the one that was made
	Beyond                  time.Duration // the longest that there was power outside of the hours
}

// first gives when every year begins: at midnight of the place, on 1 December 2026.
func first(place *time.Location) time.Time { return time.Date(2026, 12, 1, 0, 0, 0, 0, place) }

// Run goes through so many days in steps of tick.
func Run(s *Site, days int, tick time.Duration, seed uint64) (*Year, error) {
	c, err := begin(s, days, seed)
	if err != nil {
		return nil, err
	}
	for at := time.Duration(0); at < time.Duration(days)*24*time.Hour; at += tick {
		if err := c.step(at, tick); err != nil {
			return nil, err
		}
	}
	c.y.plan()
	return c.y, nil
}

// run is a year that is going on.
type run struct {
	y      *Year
	board  boards.Board
	signed []byte
	rng    *rand.Rand
	camera *turn.Camera
	sw     *simpower.Switch
	keeper *calendar.Keeper
	floor  time.Time
	now    time.Duration // of the world
	booted time.Duration
	dead   time.Duration // no mains until then
	cut    time.Duration // next power cut
	wrong  time.Duration // of the machine's clock
	right  time.Duration // when that is put right next
	runs   bool
	ends   bool // it was asked to
	due    time.Duration
}

// step lets a tick pass.
func (r *run) step(at, tick time.Duration) error {
	r.now = at
	if r.sw.Powered() {
		r.y.Lit += tick
	}
	if r.y.Site.Trouble {
		r.trouble(tick)
	}
	if at < r.dead {
		return nil
	}
	if r.camera == nil {
		if err := r.boot(); err != nil {
			return err
		}
	}
	wall := r.y.From.Add(at + r.wrong)
	told := !r.y.Site.Trouble || at-r.booted > 3*time.Minute
	now, state, _ := r.keeper.Read(wall, at-r.booted, told)
	r.floor = r.keeper.Floor()
	d := r.camera.Ask(now, state == calendar.Known)
	if r.ends {
		r.runs, r.ends = false, false
		if !d.Open {
			_ = r.camera.Off()
		}
	}
	switch r.camera.Step(turn.Now{At: at, Want: d.Open, Runs: r.runs, Lit: r.camera.Lit(), Due: r.due}) {
	case turn.Start:
		if err := r.camera.On(); err != nil {
			return err
		}
		told, err := scene(&r.board)
		if err != nil {
			return err
		}
		r.runs, r.y.Eyes = true, r.y.Eyes+1
		r.y.Scenes[told] = true
	case turn.Stop:
		r.ends = true
	case turn.Cut:
		_ = r.camera.Off()
	case turn.Kill:
		return errors.New("course: an eye that ends in order was killed")
	}
	return nil
}

// trouble is what happens around a device.
func (r *run) trouble(tick time.Duration) {
	r.wrong += tick / 25_000 // 40 millionths too fast
	if r.now >= r.right {
		r.wrong = 0
		r.right = r.now + time.Duration(6+r.rng.IntN(18))*time.Hour + time.Duration(r.rng.IntN(3600))*time.Second
	}
	if r.runs && r.rng.IntN(int(6*time.Hour/tick)) == 0 {
		r.runs, r.due = false, r.now+250*time.Millisecond // it crashed; the power stays on
	}
	if r.now >= r.cut {
		r.y.Cuts++
		r.cut += 30 * 24 * time.Hour
		r.dead = r.now + time.Minute
		_ = r.sw.Off()
		r.note()
		r.camera, r.runs, r.ends = nil, false, false
	}
}

// boot starts the device, with what lies on its card.
func (r *run) boot() error {
	s, err := gate.Of(&r.board, r.signed)
	if err != nil {
		return err
	}
	r.booted, r.due = r.now, 0
	r.keeper = calendar.New(r.floor, r.y.From.Add(-9*24*time.Hour))
	r.camera = &turn.Camera{Gate: gate.New(s), Switch: r.sw, Place: s.Place, Say: func(string) {},
		Emit: func(e devicelog.Event) { r.y.Events[e.Kind]++ }, Switched: func(_ bool, tell func()) { r.note(); tell() }}
	r.camera.First()
	return nil
}

// note takes down how the switch stands now.
func (r *run) note() {
	on := r.sw.Powered()
	if n := len(r.y.Turns); n == 0 && on || n > 0 && r.y.Turns[n-1].On != on {
		r.y.Turns = append(r.y.Turns, Turn{r.y.From.Add(r.now), on})
	}
}

// scene is what an eye is told of lines and zones.
func scene(b *boards.Board) ([32]byte, error) {
	told, err := orders.Encode(&orders.Orders{Board: orders.Simulated, Driver: orders.Sim, Scene: b.Scene, Beat: b.Beat, Speed: 1,
		Wanted: orders.Wanted{Pixel: b.Wanted.Pixel, Width: uint16(b.Wanted.Width), Height: uint16(b.Wanted.Height), Interval: b.Wanted.Interval}})
	if err != nil {
		return [32]byte{}, fmt.Errorf("course: %w", err)
	}
	return sha256.Sum256(told[:]), nil
}
