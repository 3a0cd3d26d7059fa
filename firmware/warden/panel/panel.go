// Package panel is what a person at the door sees and touches of a device, and what watches over it: status
// lamp, button, the supply of the camera read back, and watchdog. The warden looks at it ten times a second
// with what it knows, and the rules of firmware/warden/signs say what follows. A part that a board does not
// have is left out. It opens nothing, gets no frame and no count, and switches no camera.
package panel

import (
	"fmt"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/signs"
	"tellijn/hal/button"
	"tellijn/hal/lamp"
	"tellijn/hal/power"
	"tellijn/hal/watchdog"
	"tellijn/privacy/devicelog"
)

// Parts are those that there are; each may be nil.
type Parts struct {
	Lamp     lamp.Lamp
	Button   button.Button
	Supply   power.Supply
	Watchdog watchdog.Watchdog
}

// Setup is what a panel works with.
type Setup struct {
	Parts
	Now   func() time.Duration // since the start, by a clock that nobody sets
	Pause func(time.Duration)
	Say   func(line string) // prints one line for people
	Emit  func(kind devicelog.Kind, a, b int32)
	// Kept gives what Keep kept last, of this start or one before, nil without. Keep returns nil only when it
	// is on the disk.
	Kept func() []byte
	Keep func([]byte) error
}

// Panel is used from one goroutine. Use New.
type Panel struct {
	s       Setup
	sign    signs.Sign
	shown   time.Duration // since when
	lit     bool
	button  signs.Button
	supply  signs.Supply
	leaving signs.Leaving
	owed    func() // tells that the camera is dark, once it is
	dog     signs.Dog
	fed     time.Duration
	retry   time.Duration // when to try again to keep a start
	trouble map[string]string
}

// Spans of a panel.
const (
	feedEvery = time.Second // a fifteenth of what a watchdog waits
	keepAgain = time.Minute
	lookAgain = 20 * time.Millisecond // while a supply settles
)

// Look is what the warden knows when it looks.
type Look struct {
	At           signs.Moment
	State        signs.State // NotDark is filled in here
	Eye, Courier signs.Report
}

// stateName is where the ledger has the newest start that was asked for.
const stateName = "reset"

// In gives Kept and Keep of a ledger.
func In(l *ledger.Ledger) (kept func() []byte, keep func([]byte) error) {
	kept = func() (b []byte) {
		_ = l.View(func(tx *ledger.Tx) error {
			b, _ = tx.Get(stateName)
			return nil
		})
		return b
	}
	return kept, func(b []byte) error { return l.Update(func(tx *ledger.Tx) error { return tx.Put(stateName, b) }) }
}

// New begins. A lamp is dark, and a switch open.
func New(s Setup) *Panel {
	p := &Panel{s: s, sign: signs.Dark, fed: -feedEvery, trouble: map[string]string{}}
	last, had := signs.ParseReset(s.Kept())
	p.dog = signs.NewDog(last, had)
	return p
}

// Begin tells whether the start before this one was ended by the watchdog because somebody said nothing.
func (p *Panel) Begin() {
	last, had := p.dog.Had()
	if !had || last.Told {
		return
	}
	p.s.Emit(devicelog.WatchdogHit, 0, 0)
	last.Told = true
	p.dog = signs.NewDog(last, true)
	_ = p.s.Keep(last.Bytes()) // or it is told once more at the next start
}

// Look shows, hears and feeds, and tells once that somebody wants the device to power off.
func (p *Panel) Look(l Look) (off bool) {
	now := l.At.Since
	p.readBack(now)
	l.State.NotDark = p.NotDark()
	p.show(now, signs.Of(l.State))
	p.feed(l)
	if p.s.Button == nil {
		return false
	}
	down, err := p.s.Button.Pressed()
	p.say("button", err)
	if err != nil {
		down = false
	}
	if off = p.button.Look(now, down); off {
		p.s.Say("the button was held: the device powers off")
		p.s.Emit(devicelog.ButtonOff, 0, 0)
	}
	return off
}

// show sets the lamp.
func (p *Panel) show(now time.Duration, sign signs.Sign) {
	if sign != p.sign {
		p.sign, p.shown = sign, now
	}
	lit := sign.Lit(now - p.shown)
	if p.s.Lamp == nil || lit == p.lit {
		return
	}
	err := p.s.Lamp.Set(lit)
	if p.say("lamp", err); err == nil {
		p.lit = lit
	}
}

// Queue takes what the courier says of its queue.
func (p *Panel) Queue(b *handoff.Back) {
	switch b.Kind {
	case handoff.Hello:
		p.leaving.Hello(p.s.Now(), b.Waiting)
	case handoff.Stored:
		p.leaving.Look(p.s.Now(), b.Waiting, b.Upto)
	}
}

// Stale tells that nothing has left for an hour although something waits; pace is the time between two
// records.
func (p *Panel) Stale(now, pace time.Duration) bool { return p.leaving.Stale(now, pace) }

// Sign is what the lamp shows.
func (p *Panel) Sign() signs.Sign { return p.sign }

// NotDark tells that the switch of the camera is open and the supply behind it does not read dark.
func (p *Panel) NotDark() bool { return p.s.Supply != nil && p.supply.Odd() && !p.supply.On() }

// Switched says that the switch was turned, and waits until the supply has followed, for as long as it may.
// tell tells the log that the camera has power or has none; that it has none only once its supply reads so,
// maybe much later, or never.
func (p *Panel) Switched(on bool, tell func()) {
	if p.s.Supply == nil {
		tell()
		return
	}
	p.owed = tell
	if on {
		tell()
		p.owed = nil
	}
	p.supply.Switched(p.s.Now(), on)
	for p.readBack(p.s.Now()); !p.supply.Agrees() && !p.supply.Odd(); p.readBack(p.s.Now()) {
		p.s.Pause(lookAgain)
	}
}

// readBack looks at the supply.
func (p *Panel) readBack(now time.Duration) {
	if p.s.Supply == nil {
		return
	}
	lit, err := p.s.Supply.Lit()
	p.say("camera lamp", err)
	changed := p.supply.Look(now, lit, err == nil)
	if p.supply.Agrees() && p.owed != nil {
		p.owed()
		p.owed = nil
	}
	switch {
	case !changed || err != nil: // what cannot be read was said already
	case !p.supply.Odd():
		p.s.Say("Loaded   camera lamp: it is as the switch says again")
	case p.supply.On():
		p.s.Say(fmt.Sprintf("Failed   camera lamp: it is dark although the camera was switched on %v ago or more", signs.LitWithin))
		p.s.Emit(devicelog.LampOdd, devicelog.DarkWhileOn, 0)
	default:
		p.s.Say(fmt.Sprintf("Failed   camera lamp: it is lit although the camera was switched off %v ago or more; cut its power by hand", signs.DarkWithin))
		p.s.Emit(devicelog.LampOdd, devicelog.LitWhileOff, 0)
	}
}

// feed feeds the watchdog, or lets it start the machine anew once that is kept.
func (p *Panel) feed(l Look) {
	if p.s.Watchdog == nil {
		return
	}
	now := l.At.Since
	feed, want := p.dog.Look(l.At, l.Eye, l.Courier)
	if want && now >= p.retry {
		err := p.s.Keep(signs.Reset{At: l.At.At, Sure: l.At.Known}.Bytes())
		if err == nil {
			p.dog.Asked()
			p.s.Say(fmt.Sprintf("Failed   eye or courier: no word for %v, though each was started again and again; the watchdog starts the machine anew", signs.Patience))
			return
		}
		p.retry = now + keepAgain
		p.say("watchdog", fmt.Errorf("a new start of the machine cannot be noted, so there is none: %w", err))
	}
	if !feed || now-p.fed < feedEvery {
		return
	}
	p.fed = now
	if err := p.s.Watchdog.Feed(); err != nil || !want {
		p.say("watchdog", err)
	}
}

// say says once what is wrong with a part, and once that it works again.
func (p *Panel) say(part string, err error) {
	why := ""
	if err != nil {
		why = err.Error()
	}
	was := p.trouble[part]
	if why == was {
		return
	}
	p.trouble[part] = why
	if why != "" {
		p.s.Say(fmt.Sprintf("Failed   %s: %s", part, why))
	} else {
		p.s.Say(fmt.Sprintf("Loaded   %s: it works again", part))
	}
}
