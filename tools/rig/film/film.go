// Package film is what the camera before a board sees: one reel (tools/rig/film/reel), played frame by frame, so that
// it is known of each frame whether the board's eye counted on it, and the same frames can be counted once more on this
// computer. The next frame is sent when the board has worked off the last one (tools/rig/film/pace), so that a busy
// computer makes it slow and not wrong. What was sent is kept as numbers, never as frames. It is for the rig, outside
// the data path.
//
// # How a bench uses it
//
// Open it before the device is made: Table and Config go into the device's configuration. Camera is for
// boot.Options.Camera; Pace is told of each machine, by the number of its process, as soon as it runs. Whoever pulls the
// cable between two frames lets the camera stall before. The rest is bench.Camera.
//
// # Which frames the eye counts
//
// After it has opened a camera the eye looks at frames without counting until the exposure stands still, and then takes
// it into its hands (hal/camera/v4l2, Options.Settle). The camera hears that. Frames before are the standing frame that
// the film has come to; the film goes on with the next one. From there the eye counts on each frame that it gets, until
// it stops, with what it has begun; a frame that was sent in full to a board that waited for it is counted, one that was
// not is none. So nothing is counted twice or lost, and the counts are equal, not nearly.
//
// Two things break that. Of a frame that the board had not worked off when the next one had to come, or the cable was
// pulled, nobody knows whether it was taken in time: Replayed then says that it cannot tell. And an eye that was ended by
// force loses its open tally, which only the console tells.
package film

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/film/pace"
	"tellijn/tools/rig/film/reel"
)

// Options say what is played.
type Options struct {
	// Film, Format and Rate are those of bench.Setup.
	Film, Format string
	Rate         int
	// Scene is that of the board. A clip has its own, which Config then gives.
	Scene scene.Scene
	// Clips is the folder of the clips; "" means what TELLIJN_CLIPS names, or shared/clips beside a source tree
	// above the current folder.
	Clips string
	// Plain sends frames at the nominal rate, whatever the board does with them. It is what pacing is held against.
	Plain bool
	// Say tells what happens; nil tells nobody.
	Say func(string)
}

// Film is one film. Of the cameras that it gave only the last one is plugged in.
type Film struct {
	o     Options
	from  reel.Options
	scene scene.Scene

	mu     sync.Mutex // of all below; the camera calls while it holds its own lock, so none here may call it
	reel   reel.Reel
	still  []byte // the frame that stands while nobody counts
	first  bool   // it is the first of all, and nobody has counted on it
	lives  []*life
	now    *life // that the camera is in, nil for none
	watch  *pace.Watch
	change chan struct{} // closed at each change
	faults faults
	state  state
	err    error
}

// state is where the frame is that was begun last.
type state struct {
	begun   bool // and not sent to its end
	sent    time.Time
	waits   bool // for the board, since sent
	counts  bool // the eye counts on it
	fault   string
	taken   int
	hurried int
}

// patience is how long the board may work on one frame: after it the next one is sent all the same. The eye takes a frame
// for late after a second, which changes nothing, and gives up after five.
const patience = 3500 * time.Millisecond

// Open opens a film. A clip that is not there is an error that wraps hal.ErrAbsent.
func Open(o Options) (*Film, error) {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Clips == "" {
		o.Clips = clips()
	}
	f := &Film{o: o, from: reel.Options{Film: o.Film, Format: o.Format, Rate: o.Rate, Scene: o.Scene, Clips: o.Clips}, change: make(chan struct{})}
	var err error
	if f.reel, f.scene, err = reel.Open(f.from); err != nil {
		return nil, err
	}
	first, err := f.reel.Next() // while it settles the eye looks at how the film begins
	if err != nil {
		return nil, err
	}
	f.still = append(f.still, first...)
	f.first = true
	return f, nil
}

// clips finds the folder of the clips.
func clips() string {
	if folder := os.Getenv("TELLIJN_CLIPS"); folder != "" {
		return folder
	}
	for folder := "."; ; folder = filepath.Join(folder, "..") {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, "..", "shared", "clips")
		}
		if at, err := filepath.Abs(folder); err != nil || at == filepath.Dir(at) {
			return "clips"
		}
	}
}

// Format is what the camera gives.
func (f *Film) Format() camera.Format { return f.reel.Format() }

// Scene is where the film is counted.
func (f *Film) Scene() scene.Scene { return f.scene }

// Table gives the keys of the table [camera] of a device that is to look at the film.
func (f *Film) Table() string {
	m := f.Format()
	return fmt.Sprintf("format = %q\nwidth = %d\nheight = %d\nfps = %d\n", m.Pixel, m.Width, m.Height, f.rate())
}

// Config gives further lines of its configuration: the scene of a clip, "" for a film that is drawn for the board's.
func (f *Film) Config() string {
	if f.scene == f.o.Scene {
		return ""
	}
	part := func(v int32) float64 { return float64(v) / scene.One }
	text := fmt.Sprintf("\n[scene]\nperson_area = %v\n", float64(f.scene.PersonArea)/1e6)
	for _, l := range f.scene.Lines[:f.scene.NLines] {
		text += fmt.Sprintf("\n[[scene.line]]\nfrom = [%v, %v]\nto = [%v, %v]\n", part(l.A.X), part(l.A.Y), part(l.B.X), part(l.B.Y))
	}
	return text
}

func (f *Film) rate() int { return int((time.Second + f.Format().Interval/2) / f.Format().Interval) }

// Pace looks from now on at the process of a machine, to know when it has worked off a frame, and lets it go before
// others. 0 looks at none.
func (f *Film) Pace(pid int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watch = nil
	if pid == 0 {
		return
	}
	f.watch = pace.New(pid)
	if err := pace.Favour(pid); err != nil {
		f.o.Say("the machine has to share the processor: " + err.Error())
	}
}

// Camera gives a camera that goes on where the film is.
func (f *Film) Camera() *usbcam.Camera {
	m := f.Format()
	f.mu.Lock()
	f.now = nil
	f.state = state{taken: f.state.taken, hurried: f.state.hurried}
	f.mu.Unlock()
	offer := usbcam.Offer{MJPEG: m.Pixel == camera.MJPEG, Width: m.Width, Height: m.Height, Rates: []int{f.rate()}, Most: f.reel.Largest()}
	return &usbcam.Camera{Pace: m.Interval, Offers: []usbcam.Offer{offer}, Ready: f.ready, Seen: f.seen, Fault: f.begin,
		Fill: func(_ uint32, pixels []byte) { copy(pixels, f.frame()) }, Code: func(uint32) []byte { return f.frame() }}
}

// Err tells what went wrong with the film.
func (f *Film) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Close lets go of the reel.
func (f *Film) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reel.Close()
}

var errNoTruth = fmt.Errorf("film: nobody knows who is on it: %w", bench.ErrCannot)

// wait waits until done says so. f.mu is not held; done is called while it is.
func (f *Film) wait(ctx context.Context, done func() bool) error {
	for {
		f.mu.Lock()
		ok, change, err := done(), f.change, f.err
		f.mu.Unlock()
		if ok || err != nil {
			return err
		}
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// changed tells those who wait. f.mu is held.
func (f *Film) changed() {
	close(f.change)
	f.change = make(chan struct{})
}
