package setter

import (
	"errors"
	"fmt"
	"time"

	"tellijn/firmware/scout/belief"
	"tellijn/firmware/scout/talk"
)

// Clock is the machine's clock: adjust.Clock.
type Clock interface {
	Now() time.Time
	Boot() time.Duration
	Step(by time.Duration) error
	Slew(by time.Duration) error
	Believe(off time.Duration) error
	Doubt() error
	Believed() bool
}

// Chip is a clock that runs without power, in whole seconds.
type Chip interface {
	Read() (time.Time, error)
	Set(t time.Time) error
}

// How the chip is used.
const (
	chipEvery = time.Hour       // it is looked at while the network tells no time
	chipKept  = 24 * time.Hour  // it is set while the network does
	chipOff   = time.Second     // it tells whole seconds
	chipSlack = 2 * time.Second // so much it and the clock may differ
	chipStep  = 10 * time.Second
	chipLate  = 10 * time.Second // longer, while a first answer waits for a second; at most as long again in all
	chipAgain = time.Minute      // until a chip that could not be read is read again
	// startup is when a kernel may have set the clock by the chip, and no setter can have been there before.
	startup = time.Minute
)

// Wait is how long the network is asked before a clock chip is believed: a switch takes two forward delays of 15 s before
// it lets anything pass (IEEE 802.1D-2004, 17.14), whoever asked for an address in vain asks again within 40 s
// (firmware/scout/dhcp), and a time server is asked twice.
const Wait = 90 * time.Second

// Words for people.
const (
	nobodyTold = "nobody has told it in this boot"
	asksFirst  = "the network is asked before the clock chip is believed"
	disagree   = "the clock and its chip disagree"
)

// beginClock begins with what the chip says if that can be and nobody else may know better, and otherwise at the floor,
// which nobody believes to be the time. A device goes on from the latest time that it saw, so with a chip that is hours
// ahead it would stand still until the world has caught up: the kernel may have set the clock by the chip already.
func (s *Setter) beginClock() {
	wall, boot := s.Clock.Now(), s.Clock.Boot()
	fresh := s.fresh(wall, boot)
	t, ok := s.readChip(boot)
	why := nobodyTold
	switch {
	case ok && (fresh && s.alone() || !fresh && t.Sub(wall).Abs() <= chipStep):
		if s.chipTells(t, boot) {
			return
		}
	case ok && fresh:
		why = asksFirst
	case ok: // somebody told the time before, and nobody knows who is wrong
		why = disagree
	}
	if fresh && s.Chip != nil {
		s.asks, s.most = boot+s.Plan.Wait, boot+2*s.Plan.Wait
		if s.alone() {
			s.asks = boot + chipAgain
		}
	}
	if s.belief.Possible(wall, boot) != nil || fresh && wall.Sub(s.Plan.Floor) > boot+startup {
		s.step(s.Plan.Floor.Sub(wall), 0)
	}
	s.doubt(why)
}

// fresh tells that nobody told the time in this boot: the clock is not believed, and the machine has just started or the
// clock runs from the floor.
func (s *Setter) fresh(wall time.Time, boot time.Duration) bool {
	return !s.Clock.Believed() && (boot < startup || wall.Sub(s.Plan.Floor) <= boot+startup)
}

// alone tells that there is nobody to ask for the time, or nobody who would know better than the chip.
func (s *Setter) alone() bool {
	return s.Start == nil || s.Plan.chipFirst()
}

// chipFirst tells that the chip is believed at once.
func (p *Plan) chipFirst() bool { return p.Wait == 0 || p.Fixed != nil && len(p.Servers) == 0 }

// Timed tells whether the clock is right from the start, as far as anybody knows: somebody told it in this boot, or its
// chip can be right and is believed at once. Otherwise it stands at the floor for now, which may lie before the day from
// which a certificate holds.
func (s *Setup) Timed() bool {
	if s.Clock.Believed() {
		return true
	}
	if s.Chip == nil || !s.Plan.chipFirst() {
		return false
	}
	t, err := s.Chip.Read()
	return err == nil && belief.New(s.Plan.Floor, 0).Possible(t, 0) == nil
}

// chipTells sets the clock to what the chip says.
func (s *Setter) chipTells(t time.Time, boot time.Duration) bool {
	if !s.step(t.Sub(s.Clock.Now()), chipOff) || !s.believed(chipOff) {
		return false
	}
	s.chip, s.chipped, s.asks = true, boot, 0
	s.say.tell("clock", "Loaded", fmt.Sprintf("%s, %s", s.Plan.ChipPath, t.UTC().Format(time.RFC3339)))
	return true
}

// readChip gives what the chip says if that can be the time.
func (s *Setter) readChip(boot time.Duration) (time.Time, bool) {
	if s.Chip == nil {
		s.say.tell("clock", "Skipped", "this board has no clock that runs without power")
		return time.Time{}, false
	}
	t, err := s.Chip.Read()
	if err != nil {
		s.say.tell("clock", "Failed", err.Error())
		return time.Time{}, false
	}
	if err := s.belief.Possible(t, boot); err != nil {
		s.say.tell("clock", "Skipped", fmt.Sprintf("%s says %s, %s", s.Plan.ChipPath, t.UTC().Format(time.DateOnly), words(err)))
		return time.Time{}, false
	}
	return t, true
}

// step moves the clock if it is off by more than slack.
func (s *Setter) step(by, slack time.Duration) bool {
	if by.Abs() <= slack {
		return true
	}
	if err := s.Clock.Step(by); err != nil {
		s.say.tell("time", "Failed", err.Error())
		return false
	}
	return true
}

// believed has the machine believe its clock.
func (s *Setter) believed(off time.Duration) bool {
	if err := s.Clock.Believe(off); err != nil {
		s.say.tell("time", "Failed", err.Error())
		return false
	}
	return true
}

// believe takes a time that the asker heard of.
func (s *Setter) believe(m *talk.Message, boot time.Duration) {
	wall := s.Clock.Now()
	act, err := s.belief.Take(belief.Sample{Source: int(m.Source), Boot: m.Boot, Time: m.Time, Error: m.Error}, boot, wall)
	if errors.Is(err, belief.ErrAlone) { // the next one will tell
		if s.asks > 0 {
			s.asks = max(s.asks, min(boot+chipLate, s.most))
		}
		return
	}
	if err != nil {
		s.say.tell("time server "+s.server(m.Source), "Skipped", words(err))
		return
	}
	if act.Step && !s.step(act.By, 0) {
		return
	}
	if !act.Step {
		if err := s.Clock.Slew(act.By); err != nil {
			s.say.tell("time", "Failed", err.Error())
			return
		}
	}
	if !s.believed(m.Error) {
		return
	}
	s.say.tell("time", "Loaded", "told by the network")
	s.say.tell("time server "+s.server(m.Source), "Loaded", "agrees")
	if act.Step {
		s.say.note("time", fmt.Sprintf("set by %+.1f s", act.By.Seconds()))
	}
	if s.Chip != nil && (!s.known || boot-s.chipped >= chipKept) {
		s.chipped = boot
		if err := s.Chip.Set(s.Clock.Now()); err != nil {
			s.say.tell("clock", "Failed", err.Error())
		} else {
			s.chip = true
			s.say.tell("clock", "Loaded", s.Plan.ChipPath+", set")
		}
	}
	s.known, s.asks = true, 0
}

// tickClock sees that the chip is believed when the network was asked long enough, and nobody in a time for too long.
func (s *Setter) tickClock(boot time.Duration) {
	if s.asks > 0 && boot >= s.asks {
		s.asks = boot + chipAgain
		if t, ok := s.readChip(boot); ok && s.chipTells(t, boot) {
			s.say.tell("time", "Loaded", "told by the clock chip")
		}
	}
	if s.known && !s.belief.Known(boot) {
		s.known, s.chipped = false, boot-chipEvery
		if !s.chip {
			s.doubt("nobody has told it for hours")
		}
	}
	if s.known || !s.chip || boot-s.chipped < chipEvery {
		return
	}
	s.chipped = boot
	t, ok := s.readChip(boot)
	by := t.Sub(s.Clock.Now())
	switch {
	case !ok, by.Abs() > chipStep:
		s.chip = false
		s.doubt(disagree)
	case s.step(by, chipSlack) && s.believed(chipOff):
		s.say.tell("time", "Loaded", "told by the clock chip")
	}
}

func (s *Setter) doubt(why string) {
	if err := s.Clock.Doubt(); err != nil {
		why += "; " + err.Error()
	}
	s.say.tell("time", "Skipped", why)
}
