package v4l2

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/abi"
)

// guard looks at the buffer of the fake that is out whenever it is told something.
type guard struct {
	f     *fake
	armed bool
	times int
	wrong []string
	fails string // what answers an error
}

var errGuard = errors.New("the alarm is broken")

func (g *guard) Arm(d time.Duration) error {
	if g.armed || d != 200*time.Millisecond || state(g.f.bufs[g.f.filled[0]]) == "wiped" {
		g.wrong = append(g.wrong, "armed twice, for another time, or without a frame")
	}
	g.armed, g.times = true, g.times+1
	if g.fails == "arm" {
		return errGuard
	}
	return nil
}

func (g *guard) Disarm() error {
	if !g.armed || state(g.f.bufs[g.f.filled[0]]) != "wiped" {
		g.wrong = append(g.wrong, "stopped twice, or before the frame was wiped")
	}
	g.armed = false
	if g.fails == "disarm" {
		return errGuard
	}
	return nil
}

// settling is a camera whose exposure moves for a while, and a guard over its frames.
func settling() (*fake, *guard, Options) {
	f := newFake(yuyv)
	f.controls[abi.ExposureAuto], f.controls[abi.ExposureAbsolute] = 3, 100
	f.wander = 10
	g, o := &guard{f: f}, still
	o.Settle, o.Guard, o.Life = 60, g, 200*time.Millisecond
	return f, g, o
}

// Each frame that passes while the camera settles is guarded from when it is taken to when it is
// wiped; those that are borrowed later are not this package's to guard.
func TestSettlingIsGuarded(t *testing.T) {
	f, g, o := settling()
	s := start(t, f, o)
	if f.frames < 10 || g.times != int(f.frames) || g.armed || len(g.wrong) > 0 {
		t.Errorf("%d frames, guarded %d times, armed at the end: %v; %q", f.frames, g.times, g.armed, g.wrong)
	}
	before := g.times
	var fr camera.Frame
	if err := s.Borrow(&fr); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Return(&fr); err != nil || g.times != before {
		t.Errorf("guarded after it settled: %v", err)
	}
	s.Close()
}

// A guard that fails ends the opening, with everything wiped.
func TestBrokenGuard(t *testing.T) {
	for _, what := range []string{"arm", "disarm"} {
		f, g, o := settling()
		g.fails = what
		if _, err := tryStart(f, o); !errors.Is(err, errGuard) || g.times != 1 {
			t.Errorf("%s: %v after %d frames", what, err, g.times)
		}
		if f.log[len(f.log)-1] != "webcam closes" || slices.ContainsFunc(f.log, func(l string) bool { return strings.Contains(l, "NOT") }) {
			t.Errorf("%s: %q", what, f.log)
		}
	}
}
