package panel

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/signs"
	"tellijn/hal/button/simbutton"
	"tellijn/hal/lamp/simlamp"
	"tellijn/hal/power/simpower"
	"tellijn/hal/watchdog"
	"tellijn/hal/watchdog/simdog"
	"tellijn/privacy/devicelog"
)

// epoch is the time at which a world begins.
const epoch = 1_800_000_000

// world is a board whose time a test moves.
type world struct {
	now    time.Duration
	lamp   *simlamp.Lamp
	button simbutton.Button
	power  *simpower.Switch
	dog    *simdog.Dog
	kept   []byte
	full   error // keeping ends in it
	events []string
	lines  []string
	panel  *Panel
}

// begin makes a world with all parts, or starts it anew with what it kept.
func begin(w *world) *world {
	since := func() time.Duration { return w.now }
	w.lamp, w.power, w.dog = simlamp.New(since), simpower.New(since), simdog.New(since, watchdog.Timeout)
	w.panel = New(Setup{Parts: Parts{Lamp: w.lamp, Button: &w.button, Supply: w.power, Watchdog: w.dog},
		Now: since, Pause: func(d time.Duration) { w.now += d },
		Say:  func(l string) { w.lines = append(w.lines, l) },
		Emit: func(k devicelog.Kind, a, b int32) { w.events = append(w.events, fmt.Sprint(k, " ", a, " ", b)) },
		Kept: func() []byte { return w.kept },
		Keep: func(b []byte) error {
			if w.full == nil {
				w.kept = b
			}
			return w.full
		}})
	return w
}

// fine is a device that counts.
func fine(w *world) Look {
	return Look{At: signs.Moment{Since: w.now, At: epoch + int64(w.now/time.Second), Known: true}, State: signs.State{Open: true, Counting: true},
		Eye: signs.Report{Due: true, Last: w.now}, Courier: signs.Report{Due: true, Last: w.now}}
}

// pass lets a device work for so long, ten looks a second, and gives how often it was asked to power off.
func (w *world) pass(d time.Duration, look func(*world) Look) (off int) {
	for end := w.now + d; w.now < end; w.now += 100 * time.Millisecond {
		if w.panel.Look(look(w)) {
			off++
		}
	}
	return off
}

func (w *world) said(t *testing.T, times int, words string) {
	t.Helper()
	if n := strings.Count(strings.Join(w.lines, "\n"), words); n != times {
		t.Errorf("%q was said %d times, want %d:\n%s", words, n, times, strings.Join(w.lines, "\n"))
	}
}

// TestSteady counts: the lamp is steady, the watchdog fed, nothing said, and nothing is entered.
func TestSteady(t *testing.T) {
	w := begin(&world{})
	_ = w.power.On()
	w.panel.Switched(true, func() {})
	if off := w.pass(time.Minute, fine); off != 0 || w.lines != nil || w.events != nil {
		t.Errorf("off %d, %q, %q", off, w.lines, w.events)
	}
	if turns := w.lamp.Turns(); len(turns) != 1 || !w.lamp.Lit() || w.panel.Sign() != signs.Counting {
		t.Errorf("turns %v of the lamp, sign %v", turns, w.panel.Sign())
	}
	if n := w.dog.Feeds(); w.dog.Bitten() || n < 55 || n > 62 {
		t.Errorf("fed %d times in a minute, bitten %v", n, w.dog.Bitten())
	}
	if n := w.button.Looks(); n != 600 {
		t.Errorf("%d looks at the button in a minute", n)
	}
}

// TestFlashes has the lamp flash as its sign says, from the moment of the change on.
func TestFlashes(t *testing.T) {
	w := begin(&world{})
	w.pass(time.Second, fine)
	began := w.now
	w.pass(20*time.Second, func(w *world) Look {
		l := fine(w)
		l.State = signs.State{Why: signs.NoTime}
		return l
	})
	turns := w.lamp.Turns()[1:] // without the one to steady
	// Lit from steady on, so the first turn ends the first flash.
	for i, want := range []time.Duration{200, 500, 700, 2500, 2700, 3000, 3200, 5000} {
		if turns[i].At-began != want*time.Millisecond || turns[i].Lit != (i%2 == 1) {
			t.Fatalf("turn %d: %v after the change, lit %v, want %v ms; %v", i, turns[i].At-began, turns[i].Lit, int64(want), turns)
		}
	}
}

// TestButton is held: it is told once, and entered.
func TestButton(t *testing.T) {
	w := begin(&world{})
	w.pass(time.Second, fine)
	w.button.Press(true)
	if off := w.pass(2900*time.Millisecond, fine); off != 0 {
		t.Error("asked before three seconds")
	}
	if off := w.pass(5*time.Second, fine); off != 1 || !slices.Equal(w.events, []string{fmt.Sprint(devicelog.ButtonOff, " 0 0")}) {
		t.Errorf("asked %d times, %q", off, w.events)
	}
	// A button that cannot be read is not pressed, also if it was.
	w = begin(&world{})
	w.pass(time.Second, fine)
	w.button.Press(true)
	w.pass(2*time.Second, fine)
	w.button.Fail(errors.New("cut"))
	w.pass(2*time.Second, fine)
	w.button.Fail(nil)
	if off := w.pass(2*time.Second, fine); off != 0 || w.events != nil {
		t.Errorf("asked %d times, %q", off, w.events)
	}
	w.said(t, 1, "Failed   button: cut")
	w.said(t, 1, "Loaded   button: it works again")
	w = begin(&world{})
	w.panel.s.Button = &liar{}
	if off := w.pass(10*time.Second, fine); off != 0 {
		t.Error("asked by a button that could not be read")
	}
}

// liar is up once, and then says pressed with an error.
type liar struct{ looked bool }

func (l *liar) Pressed() (bool, error) {
	if !l.looked {
		l.looked = true
		return false, nil
	}
	return true, errors.New("cut")
}

// TestDark tells that there is no power only once the supply reads so.
func TestDark(t *testing.T) {
	odd := func(a int) string { return fmt.Sprint(devicelog.LampOdd, " ", a, " 0") }
	w := begin(&world{})
	told := []string{}
	turn := func(on bool) {
		if on {
			_ = w.power.On()
		} else {
			_ = w.power.Off()
		}
		w.panel.Switched(on, func() { told = append(told, fmt.Sprint(on)) })
	}
	turn(true)
	turn(false)
	if !slices.Equal(told, []string{"true", "false"}) || w.now > 100*time.Millisecond || w.panel.NotDark() || w.events != nil {
		t.Fatalf("told %q after %v, events %q", told, w.now, w.events)
	}
	turn(true)
	told = nil
	w.power.Stick(true)
	before := w.now
	turn(false)
	if waited := w.now - before; told != nil || waited < signs.DarkWithin || waited > signs.DarkWithin+time.Second || !w.panel.NotDark() {
		t.Errorf("told %q, waited %v, not dark %v", told, waited, w.panel.NotDark())
	}
	w.pass(time.Minute, func(w *world) Look { l := fine(w); l.State = signs.State{Why: signs.Hours}; return l })
	if told != nil || !slices.Equal(w.events, []string{odd(devicelog.LitWhileOff)}) || w.panel.Sign() != signs.Seven {
		t.Errorf("told %q, events %q, sign %v", told, w.events, w.panel.Sign())
	}
	w.said(t, 1, "Failed   camera lamp: it is lit although the camera was switched off")
	w.power.Stick(false)
	w.pass(time.Second, func(w *world) Look { l := fine(w); l.State = signs.State{Why: signs.Hours}; return l })
	if !slices.Equal(told, []string{"false"}) || w.panel.NotDark() || w.panel.Sign() != signs.Closed {
		t.Errorf("told %q, sign %v", told, w.panel.Sign())
	}
	w.said(t, 1, "Loaded   camera lamp: it is as the switch says again")
	// Later, when it was dark long ago, somebody bridges the switch.
	w.power.Stick(true)
	w.pass(3*time.Second, fine)
	if !w.panel.NotDark() || !slices.Equal(w.events, []string{odd(devicelog.LitWhileOff), odd(devicelog.LitWhileOff)}) {
		t.Errorf("not dark %v, %q", w.panel.NotDark(), w.events)
	}
}

// TestUnread has a supply that cannot be read: nobody claims darkness, and no event says what nobody saw.
func TestUnread(t *testing.T) {
	w := begin(&world{})
	told := 0
	w.power.Blind(errors.New("cut"))
	w.panel.Switched(false, func() { told++ })
	w.pass(10*time.Second, fine)
	if told != 0 || !w.panel.NotDark() || w.panel.Sign() != signs.Seven || w.events != nil {
		t.Errorf("told %d times, not dark %v, sign %v, %q", told, w.panel.NotDark(), w.panel.Sign(), w.events)
	}
	w.said(t, 1, "Failed   camera lamp: cut")
}

// TestNotLit has a camera that gets no power: that is told, and it is no darkness that it should have.
func TestNotLit(t *testing.T) {
	w := begin(&world{})
	told := 0
	w.panel.Switched(true, func() { told++ }) // and the switch does nothing
	if told != 1 || w.panel.NotDark() || !slices.Equal(w.events, []string{fmt.Sprint(devicelog.LampOdd, " 2 0")}) || w.now < signs.LitWithin {
		t.Errorf("told %d times, not dark %v, %q, waited %v", told, w.panel.NotDark(), w.events, w.now)
	}
	w.said(t, 1, "Failed   camera lamp: it is dark although the camera was switched on")
}

// silent is a device whose eye said nothing from its start on.
func silent(w *world) Look {
	l := fine(w)
	l.State.Counting, l.Eye.Last = false, 0
	return l
}

// TestBites lets an eye say nothing: it is kept, then nobody feeds, the machine starts anew, says so once, and
// then lives with its camera gone.
func TestBites(t *testing.T) {
	w := begin(&world{})
	w.pass(signs.Patience, silent)
	if w.dog.Bitten() || w.kept != nil {
		t.Fatalf("bitten %v, kept %x", w.dog.Bitten(), w.kept)
	}
	w.pass(watchdog.Timeout+2*time.Second, silent)
	kept, ok := signs.ParseReset(w.kept)
	if !w.dog.Bitten() || !ok || !kept.Sure || kept.Told || kept.At < epoch+300 || kept.At > epoch+302 {
		t.Fatalf("bitten %v, kept %+v, %v", w.dog.Bitten(), kept, ok)
	}
	w.said(t, 1, "Failed   eye or courier: no word for 5m0s")
	for range 2 {
		w.now = 0
		begin(w).panel.Begin()
		w.pass(20*time.Minute, silent)
		if w.dog.Bitten() {
			t.Fatal("bitten again")
		}
	}
	if !slices.Equal(w.events, []string{fmt.Sprint(devicelog.WatchdogHit, " 0 0")}) {
		t.Errorf("events %q, want one", w.events)
	}
}

// TestCannotKeep has a card that takes nothing: then the machine does not start anew.
func TestCannotKeep(t *testing.T) {
	w := begin(&world{full: errors.New("read-only")})
	w.pass(20*time.Minute, silent)
	if w.dog.Bitten() {
		t.Error("bitten although nobody would know")
	}
	w.said(t, 1, "Failed   watchdog: a new start of the machine cannot be noted, so there is none: read-only")
	w.full = nil
	if w.pass(2*time.Minute, silent); !w.dog.Bitten() {
		t.Error("not bitten although it can be kept now")
	}
}

// TestNothing has a board without parts.
func TestNothing(t *testing.T) {
	w := begin(&world{})
	w.panel.s.Parts = Parts{}
	told := 0
	w.panel.Switched(false, func() { told++ })
	if off := w.pass(time.Hour, silent); off != 0 || told != 1 || w.lines != nil || w.events != nil || w.panel.NotDark() {
		t.Errorf("off %d, told %d, %q, %q", off, told, w.lines, w.events)
	}
}

// TestBrokenParts says once what is wrong with lamp and watchdog, and goes on.
func TestBrokenParts(t *testing.T) {
	w := begin(&world{})
	w.lamp.Fail(errors.New("no lamp"))
	w.dog.Fail(errors.New("no dog"))
	w.pass(time.Minute, fine)
	w.said(t, 1, "Failed   lamp: no lamp")
	w.said(t, 1, "Failed   watchdog: no dog")
	w.lamp.Fail(nil)
	w.dog.Fail(nil)
	w.pass(time.Second, fine)
	w.said(t, 1, "Loaded   lamp: it works again")
	w.said(t, 1, "Loaded   watchdog: it works again")
	if !w.lamp.Lit() {
		t.Error("the lamp is dark")
	}
}

// TestQueue follows what the courier says.
func TestQueue(t *testing.T) {
	w := begin(&world{})
	w.panel.Queue(&handoff.Back{Kind: handoff.Hello, Waiting: 3})
	w.now = 2 * time.Hour
	w.panel.Queue(&handoff.Back{Kind: handoff.Held, Waiting: 0}) // says nothing of what leaves
	if !w.panel.Stale(w.now, 15*time.Minute) {
		t.Error("not stale after two hours")
	}
	w.panel.Queue(&handoff.Back{Kind: handoff.Stored, Waiting: 1, Upto: 1})
	if w.panel.Stale(w.now, 15*time.Minute) {
		t.Error("stale although something left")
	}
}

// TestLedger keeps a start in a real ledger, which the next warden opens.
func TestLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := ledger.Open(path, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept, keep := In(l)
	want := signs.Reset{At: epoch, Sure: true}
	if b := kept(); b != nil {
		t.Errorf("a new ledger has %x", b)
	}
	if err := errors.Join(keep(want.Bytes()), l.Close()); err != nil {
		t.Fatal(err)
	}
	if l, err = ledger.Open(path, ledger.Options{}); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	kept, _ = In(l)
	if got, ok := signs.ParseReset(kept()); !ok || got != want {
		t.Errorf("%+v, %v, want %+v", got, ok, want)
	}
}
