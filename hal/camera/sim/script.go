package sim

import (
	"fmt"

	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/look"
	"tellijn/hal/camera/sim/play"
)

// Knobs are the settings of a scene; see hal/camera/sim/knobs for units and ranges.
type Knobs = knobs.Knobs

// Dress is what people wear instead of what the script gives them; see hal/camera/sim/look.
type Dress = look.Dress

// Kind is what a script is about; see hal/camera/sim/play.
type Kind = play.Kind

// Script says what happens in the scene. The same script gives the same frames on every machine.
type Script struct {
	Kind    Kind
	Seed    uint64
	Knobs   Knobs
	Seconds int32 // length, at most a week; 0 is endless
}

// Nominal gives the knobs of an ordinary doorway, from knobs/nominal.toml.
func Nominal() Knobs { return knobs.Nominal() }

// Door is mixed traffic as the knobs say. seconds 0 is endless.
func Door(seed uint64, k Knobs, seconds int32) Script {
	return Script{play.Traffic, seed, k, seconds}
}

// Turn is a minute of people who turn back in the door, from one person's size before the line to
// 0.3 beyond it: nobody crosses.
func Turn(seed uint64) Script {
	k := Nominal()
	k.TurnDepth, k.TurnSpread = 30, 130
	return Script{play.Turning, seed, k, 60}
}

// Hover is a minute of people who linger at the line, at most a tenth of a person beyond it, and
// leave the way they came: nobody crosses.
func Hover(seed uint64) Script { return Script{play.Hovering, seed, Nominal(), 60} }

// Stand is people who stand 30 s near the line, not on it, and go back: nobody crosses.
func Stand(seed uint64) Script {
	k := Nominal()
	k.StandSeconds = 30
	return Script{play.Standing, seed, k, 60}
}

// LightSwitch is an empty scene in which the light goes off and on, hard, slowly, or with a camera
// that corrects its exposure: nobody crosses.
func LightSwitch(seed uint64) Script { return Script{play.Switching, seed, Nominal(), 64} }

// Alone takes away the hard sun and the trolleys of a script, so that what it is about is the only
// difficulty beside noise, lost frames and clothes.
func (s Script) Alone() Script {
	s.Knobs.Sun, s.Knobs.Trolleys = 0, 0
	return s
}

// Knob is two minutes of a nominal door with one knob turned; knobs.Sweep lists knobs and values.
func Knob(name string, value int32, seed uint64) (Script, error) {
	k, err := knobs.Turned(name, value)
	return Door(seed, k, 120), err
}

// Preset gives the script of a kind: an endless nominal door, or one of the four without crossings.
func Preset(kind Kind, seed uint64) (Script, error) {
	switch kind {
	case play.Traffic:
		return Door(seed, Nominal(), 0), nil
	case play.Turning:
		return Turn(seed), nil
	case play.Hovering:
		return Hover(seed), nil
	case play.Standing:
		return Stand(seed), nil
	case play.Switching:
		return LightSwitch(seed), nil
	}
	return Script{}, fmt.Errorf("sim: script kind %d, want 0 to %d", kind, play.Switching)
}
