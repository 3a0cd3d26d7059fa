package watch

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/boards/plan"
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

// fit makes a warden with this eye and all parts, and other settings.
func fit(t *testing.T, play uint64, changes ...func(*Setup, *gate.Setup)) *fitted {
	t.Helper()
	epoch := time.Now()
	since := func() time.Duration { return time.Since(epoch) }
	f := &fitted{since: since, power: simpower.New(since), lamp: simlamp.New(since), button: &simbutton.Button{}, dog: simdog.New(since, watchdog.Timeout)}
	f.rig = with(t, file(t, t.TempDir()), play, f.power, func(s *Setup, g *gate.Setup) {
		for _, c := range changes {
			c(s, g)
		}
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

// span is a time between two turns.
type span struct{ from, to time.Duration }

// spans gives the times in which something was on, or off, of more than least.
func spans(turns []simlamp.Turn, on bool, end, least time.Duration) (all []span) {
	for i, turn := range turns {
		to := end
		if i+1 < len(turns) {
			to = turns[i+1].At
		}
		if turn.Lit == on && to-turn.At > least {
			all = append(all, span{turn.At, to})
		}
	}
	return all
}

// TestLampAndPower opens and closes by the hours: whenever the lamp is steady the camera has power, and while
// it has none the lamp gives a short flash now and then.
func TestLampAndPower(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a quarter of a minute; run without -short")
	}
	f := fit(t, counts, halves, func(s *Setup, g *gate.Setup) {
		s.Factor = 90 // with the board's 10 a quarter of an hour a second: open for 2.9 s, closed for 6.7 s, whatever the time of day
		for i := range g.Week.Days {
			g.Week.Days[i] = nil
			for m := 0; m < plan.Day; m += 144 {
				g.Week.Days[i] = append(g.Week.Days[i], plan.Span{From: m, To: m + 44})
			}
		}
	})
	if err := f.run(func(n *notes) bool { return n.has(devicelog.GateOpened) == 2 && n.has(devicelog.PowerOn) == 2 }); err != nil {
		t.Fatal(err)
	}
	end, off := f.since(), []simlamp.Turn(nil)
	turned, _ := f.power.Turns()
	for _, turn := range turned {
		off = append(off, simlamp.Turn{At: turn.At, Lit: !turn.On})
	}
	steady, dark := spans(f.lamp.Turns(), true, end, 500*time.Millisecond), spans(off[:len(off)-1], true, off[len(off)-1].At, 5*time.Second)
	// A look comes ten times a second, and the one that sees the change begins with a flash.
	const slack = 500 * time.Millisecond
	for _, d := range dark {
		for _, s := range steady {
			if min(d.to, s.to)-max(d.from, s.from) > slack {
				t.Errorf("the lamp was steady from %v to %v, and the camera had no power from %v to %v", s.from, s.to, d.from, d.to)
			}
		}
		flashes := 0
		for _, s := range spans(f.lamp.Turns(), true, end, 0) {
			if s.from > d.from+slack && s.to < d.to && s.to-s.from < slack {
				flashes++
			}
		}
		if want := int((d.to - d.from) / (4 * time.Second)); flashes < want-1 || flashes < 1 || flashes > want+1 {
			t.Errorf("%d flashes from %v to %v, want some %d", flashes, d.from, d.to, want)
		}
	}
	if len(dark) < 1 || len(steady) < 1 {
		t.Errorf("closed %v, steady %v", dark, steady)
	}
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
