// Package locks holds what a camera would change by itself, such as exposure, at what it found before
// the counting began. It asks and sets controls and never sees a frame. It is a part of
// hal/camera/v4l2.
package locks

import (
	"fmt"
	"slices"

	"tellijn/hal/camera/v4l2/abi"
)

// Camera is what a camera lets set, each control by its number in abi.
type Camera interface {
	// Control reads a control.
	Control(id uint32) (int32, error)
	// SetControl sets it.
	SetControl(id uint32, value int32) error
}

// State is what became of a control.
type State uint8

// The states of a control. Absent is not a fault: cheap cameras lack most of them.
const (
	Absent  State = iota // the camera does not offer it
	Locked               // held at Value until Close
	Refused              // offered, but the camera did not take it; it may drift
	Left                 // not touched, as the options wish
)

// String gives the word for a report.
func (s State) String() string {
	return [...]string{"absent", "locked", "refused", "left alone"}[s&3]
}

// Lock says what became of one automatic control of the camera.
type Lock struct {
	Name  string // for reports, such as "exposure"
	State State
	Value int32 // in the unit of the control, if locked
}

// String gives a line for a report.
func (l Lock) String() string {
	if l.State == Locked {
		return fmt.Sprintf("%s locked at %d", l.Name, l.Value)
	}
	return l.Name + " " + l.State.String()
}

// automatic is a control by which the camera changes the look of the scene by itself. Cells that
// brighten because the camera opened its iris are foreground to everything behind this package.
type automatic struct {
	name  string
	auto  uint32
	off   int32 // the value of auto that hands control to value
	value uint32
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

// Values are what the automatics stand at.
type Values [automatics]int32

// Locks are the controls of one camera. Use Prepare, then Values while it settles, then Hold.
type Locks struct {
	cam     Camera
	offered []uint32
	leave   bool
	list    []Lock
}

// Prepare sets what must hold before the camera settles, and notes what it offers. leave touches
// nothing but mains, the frequency of the lamps in Hz, which 0 leaves too.
func Prepare(cam Camera, offered []uint32, leave bool, mains int) *Locks {
	l := &Locks{cam: cam, offered: offered, leave: leave}
	priority := Left
	if !leave { // a longer exposure must not cost frames
		priority = l.set(abi.ExposurePriority, 0)
	}
	l.list = append(l.list, Lock{"frame rate", priority, 0})
	lamps := Left
	if mains != 0 {
		lamps = l.set(abi.PowerLine, int32(mains/50+mains/60)) // the menu has 1 for 50 Hz and 2 for 60
	}
	l.list = append(l.list, Lock{"mains", lamps, int32(mains)})
	return l
}

// Automatic tells whether the camera changes anything by itself.
func (l *Locks) Automatic() bool {
	for i := range automatics {
		if l.has(automaticAt(i).auto) {
			return true
		}
	}
	return false
}

// set sets one control and reads it back, since drivers take values silently that cameras do not.
func (l *Locks) set(id uint32, v int32) State {
	if !l.has(id) {
		return Absent
	}
	if l.cam.SetControl(id, v) != nil {
		return Refused
	}
	if got, err := l.cam.Control(id); err != nil || got != v {
		return Refused
	}
	return Locked
}

// Values reads what the automatics stand at.
func (l *Locks) Values() (v Values) {
	for i := range v {
		if id := automaticAt(i).value; l.has(id) {
			v[i], _ = l.cam.Control(id)
		}
	}
	return v
}

func (l *Locks) has(id uint32) bool { return slices.Contains(l.offered, id) }

// Hold holds every automatic at the value that it has now. moved is not 0 for those that changed while
// the camera settled.
func (l *Locks) Hold(moved Values) {
	for i := range automatics {
		a := automaticAt(i)
		k := Lock{Name: a.name, State: Left}
		if !l.leave {
			k.State, k.Value = l.hold(a, moved[i] != 0)
		}
		l.list = append(l.list, k)
	}
}

func (l *Locks) hold(a automatic, moved bool) (State, int32) {
	before, err := l.read(a.value)
	if !l.has(a.auto) {
		switch {
		case !l.has(a.value):
			return Absent, 0
		case err != nil:
			return Refused, 0
		}
		return Locked, before // a camera without the automatic stands still anyway
	}
	known := err == nil
	if st := l.set(a.auto, a.off); st != Locked {
		return st, 0
	}
	after, err := l.read(a.value)
	if err != nil {
		return Locked, 0
	}
	// Many cameras answer, while they are automatic, what somebody once set by hand. Written back,
	// it would spoil what they found by themselves and now hold. So the value is written only if it
	// is known to be alive, or if leaving the automatic changed it.
	if known && (moved || after != before) && l.set(a.value, before) == Locked {
		return Locked, before
	}
	return Locked, after
}

// read reads a control that the camera may not have.
func (l *Locks) read(id uint32) (int32, error) {
	if !l.has(id) {
		return 0, fmt.Errorf("locks: no control %#x", id)
	}
	return l.cam.Control(id)
}

// List says what became of frame rate, mains, exposure, gain, white balance and focus.
func (l *Locks) List() []Lock { return slices.Clone(l.list) }
