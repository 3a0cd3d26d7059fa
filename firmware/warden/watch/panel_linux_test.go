package watch

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/panel"
	"tellijn/firmware/warden/signs"
	"tellijn/hal/button/simbutton"
	"tellijn/hal/lamp/simlamp"
	"tellijn/hal/power/simpower"
	"tellijn/hal/watchdog"
	"tellijn/hal/watchdog/simdog"
	"tellijn/privacy/devicelog"
)

// fitted is a warden with all parts.
type fitted struct {
	*rig
	since  func() time.Duration
	power  *simpower.Switch
	lamp   *simlamp.Lamp
	button *simbutton.Button
	dog    *simdog.Dog
}

// fit makes a warden with this eye and all parts.
func fit(t *testing.T, play uint64) *fitted {
	t.Helper()
	epoch := time.Now()
	since := func() time.Duration { return time.Since(epoch) }
	f := &fitted{since: since, power: simpower.New(since), lamp: simlamp.New(since), button: &simbutton.Button{}, dog: simdog.New(since, watchdog.Timeout)}
	f.rig = with(t, file(t, t.TempDir()), play, f.power, func(s *Setup, _ *gate.Setup) {
		s.Parts = panel.Parts{Lamp: f.lamp, Button: f.button, Supply: f.power, Watchdog: f.dog}
	})
	return f
}

// has tells how often an event was told.
func (n *notes) has(k devicelog.Kind) (times int) {
	for _, e := range n.kinds() {
		if e == k {
			times++
		}
	}
	return times
}

// TestButtonHeld counts with a steady lamp until somebody holds the button: then everything ends in order, the
// log says why, and the caller is told to power off.
func TestButtonHeld(t *testing.T) {
	f := fit(t, counts)
	steady := false
	err := f.run(func(n *notes) bool {
		turns := f.lamp.Turns()
		if strings.Contains(n.said(), "Loaded   camera:") && f.lamp.Lit() && f.since()-turns[len(turns)-1].At > time.Second { // longer than any flash
			steady = true
			f.button.Press(true)
		}
		return false
	})
	if !errors.Is(err, ErrOff) || err != ErrOff || !steady {
		t.Errorf("%v, steady %v; want %v", err, steady, ErrOff)
	}
	kinds := f.told.kinds()
	at := slices.Index(kinds, devicelog.ButtonOff)
	if at < 0 || slices.Index(kinds, devicelog.Shutdown) < at || f.told.has(devicelog.ButtonOff) != 1 || f.power.Powered() || f.told.has(devicelog.PowerOff) != 1 {
		t.Errorf("events %v", kinds)
	}
	if f.dog.Feeds() == 0 || f.dog.Bitten() {
		t.Errorf("the watchdog was fed %d times, bitten %v", f.dog.Feeds(), f.dog.Bitten())
	}
	f.entered()
}

// TestWelded has an eye that is ended by force before a camera that keeps its power: nobody says that it has
// none.
func TestWelded(t *testing.T) {
	f := fit(t, hangs)
	err := f.run(func(n *notes) bool {
		f.power.Stick(strings.Contains(n.said(), "Loaded   camera:"))
		return n.has(devicelog.LampOdd) > 0 && f.power.Powered() // and it was switched on again
	})
	if err != nil {
		t.Error(err)
	}
	if turns, _ := f.power.Turns(); len(turns) < 3 || f.told.has(devicelog.EyeOverdue) == 0 {
		t.Fatalf("turns %v, events %v: nothing was switched off", turns, f.told.kinds())
	}
	if f.told.has(devicelog.PowerOff) != 0 {
		t.Errorf("events %v: the log claims that the camera has no power", f.told.kinds())
	}
	if !strings.Contains(f.told.said(), "Failed   camera lamp: it is lit although the camera was switched off") {
		t.Error("not said:", f.told.said())
	}
	f.entered()
}

// TestBegins tells of a start that the watchdog made, once.
func TestBegins(t *testing.T) {
	l := file(t, t.TempDir())
	_, keep := panel.In(l)
	if err := keep(signs.Reset{At: 1_795_000_000, Sure: true}.Bytes()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		r := with(t, l, counts, simpower.New(func() time.Duration { return 0 }), func(*Setup, *gate.Setup) {})
		err := r.run(func(n *notes) bool { return strings.Contains(n.said(), "Loaded   camera:") })
		if got := r.told.has(devicelog.WatchdogHit); err != nil || got != want {
			t.Errorf("%v, told %d times, want %d", err, got, want)
		}
	}
}
