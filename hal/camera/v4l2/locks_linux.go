package v4l2

import (
	"slices"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"tellijn/hal/camera/v4l2/abi"
)

// automatic is a control by which the camera changes the look of the scene by itself. Cells that
// brighten because the camera opened its iris are foreground to everything behind this package.
type automatic struct {
	name  string
	auto  webcam.ControlID
	off   int32 // the value of auto that hands control to value
	value webcam.ControlID
}

// The automatics, in the order in which they are locked: exposure first, since gain follows it.
const automatics = 4

func automaticAt(i int) automatic {
	return [automatics]automatic{
		{"exposure", abi.ExposureAuto, abi.ExposureManual, abi.ExposureAbsolute},
		{"gain", abi.AutoGain, 0, abi.Gain},
		{"white balance", abi.AutoWhiteBalance, 0, abi.WhiteBalanceKelvin},
		{"focus", abi.FocusAuto, 0, abi.FocusAbsolute},
	}[i]
}

// prepare sets what must hold before the camera settles, and notes what it offers.
func (s *Source) prepare(o Options) {
	s.offered = s.cam.GetControls()
	s.locks = nil
	priority := Left
	if o.Settle >= 0 { // a longer exposure must not cost frames
		priority = s.set(abi.ExposurePriority, 0)
	}
	s.locks = append(s.locks, Lock{"frame rate", priority, 0})
	mains := Left
	if o.Mains != 0 {
		mains = s.set(abi.PowerLine, int32(o.Mains/50+o.Mains/60)) // the menu has 1 for 50 Hz and 2 for 60
	}
	s.locks = append(s.locks, Lock{"mains", mains, int32(o.Mains)})
	for i := range automatics {
		if _, ok := s.offered[automaticAt(i).auto]; ok {
			s.automatic = true
		}
	}
}

// set sets one control and reads it back, since drivers take values silently that cameras do not.
func (s *Source) set(id webcam.ControlID, v int32) State {
	if _, ok := s.offered[id]; !ok {
		return Absent
	}
	if s.cam.SetControl(id, v) != nil {
		return Refused
	}
	if got, err := s.cam.GetControl(id); err != nil || got != v {
		return Refused
	}
	return Locked
}

// values reads what the automatics stand at.
func (s *Source) values() (v [automatics]int32) {
	for i := range v {
		if id := automaticAt(i).value; s.has(id) {
			v[i], _ = s.cam.GetControl(id)
		}
	}
	return v
}

func (s *Source) has(id webcam.ControlID) bool {
	_, ok := s.offered[id]
	return ok
}

// lock holds every automatic at the value that it has now. moved says which values changed while
// the camera settled.
func (s *Source) lock(o Options, moved [automatics]bool) {
	for i := range automatics {
		a := automaticAt(i)
		l := Lock{Name: a.name, State: Left}
		if o.Settle >= 0 {
			l.State, l.Value = s.lockOne(a, moved[i])
		}
		s.locks = append(s.locks, l)
	}
	s.offered = nil
}

func (s *Source) lockOne(a automatic, moved bool) (State, int32) {
	before, err := s.read(a.value)
	if !s.has(a.auto) {
		switch {
		case !s.has(a.value):
			return Absent, 0
		case err != nil:
			return Refused, 0
		}
		return Locked, before // a camera without the automatic stands still anyway
	}
	known := err == nil
	if st := s.set(a.auto, a.off); st != Locked {
		return st, 0
	}
	after, err := s.read(a.value)
	if err != nil {
		return Locked, 0
	}
	// Many cameras answer, while they are automatic, what somebody once set by hand. Written back,
	// it would spoil what they found by themselves and now hold. So the value is written only if it
	// is known to be alive, or if leaving the automatic changed it.
	if known && (moved || after != before) && s.set(a.value, before) == Locked {
		return Locked, before
	}
	return Locked, after
}

func (s *Source) read(id webcam.ControlID) (int32, error) {
	if !s.has(id) {
		return 0, unix.EINVAL
	}
	return s.cam.GetControl(id)
}

// Locks says what became of frame rate, mains, exposure, gain, white balance and focus.
func (s *Source) Locks() []Lock { return slices.Clone(s.locks) }
