package setter

import (
	"errors"
	"fmt"
	"time"

	"tellijn/firmware/scout/belief"
	"tellijn/firmware/scout/talk"
)

// How the chip is used.
const (
	chipEvery = time.Hour       // it is looked at while the network tells no time
	chipKept  = 24 * time.Hour  // it is set while the network does
	chipOff   = time.Second     // it tells whole seconds
	chipSlack = 2 * time.Second // so much it and the clock may differ
	chipStep  = 10 * time.Second
)

// beginClock begins with what the chip says if that can be, and otherwise at the floor, which nobody
// believes to be the time.
func (s *Setter) beginClock() {
	wall, boot := s.Clock.Now(), s.Clock.Boot()
	if t, ok := s.readChip(boot); ok {
		if s.step(t.Sub(wall), chipOff) && s.believed(chipOff) {
			s.chip, s.chipped = true, boot
			s.say.tell("clock", "Loaded", fmt.Sprintf("%s, %s", s.Plan.ChipPath, t.UTC().Format(time.RFC3339)))
			return
		}
	}
	if s.belief.Possible(wall, boot) != nil {
		s.step(s.Plan.Floor.Sub(wall), 0)
	}
	if err := s.Clock.Doubt(); err != nil {
		s.say.tell("time", "Failed", err.Error())
		return
	}
	s.say.tell("time", "Skipped", "nobody has told it in this boot")
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
	if errors.Is(err, belief.ErrAlone) {
		return // the next one will tell
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
	s.known = true
}

// tickClock sees that nobody believes in a time for too long.
func (s *Setter) tickClock(boot time.Duration) {
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
		s.doubt("the clock and its chip disagree")
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
