// Package knobs lists everything that can be turned about a simulated scene: whole numbers, each
// with a unit and a range. It draws nothing and knows no person. hal/camera/sim/play and
// hal/camera/sim/draw read it; tools turn one knob at a time and plot what counting makes of it.
package knobs

import "fmt"

// Knobs are the settings of one scene. Lengths are in 1/100 of a person's size (the square root of
// the person area, which counts as 450 mm), shares in percent, brightness in grey levels of 255.
// List documents unit and range of each.
type Knobs struct {
	// Who comes, and how.
	GapLeast, GapMost    int32 // between one arrival and the next, drawn evenly
	Crowd                int32 // people a minute; above 0 it takes the place of the two gaps
	Speed, SpeedSpread   int32 // mean, and how far single people are from it
	SizeSpread           int32 // how far the length of people is from the nominal, the middle more often
	Curve                int32 // how far a path strays sideways from the straight
	Pairs, PairGap       int32 // share of arrivals that are two abreast; centre to centre
	Follows, FollowGap   int32 // share that are two in a row; centre to centre
	Passes, PassGap      int32 // share that are two meeting at the line; sideways, centre to centre
	Turns, TurnDepth     int32 // share that turn back, and how far over the line at most (below 0: before it)
	TurnSpread           int32 // how much earlier than that some of them turn
	Hovers               int32 // share that linger at the line and leave the way they came
	Stands, StandSeconds int32 // share that stand in view and then cross
	// What they look like.
	Contrast               int32 // of clothes against the floor
	LowContrast            int32 // share of people in clothes hardly off the floor's grey
	Trolleys, Hats         int32 // share of people with one
	Umbrellas, Bags        int32
	Lean                   int32 // how much nearer to the middle the feet appear than the shoulders
	SoftShadow             int32 // darkness of the soft shadow around the feet
	Sun                    int32 // share of minutes in which people throw a hard shadow
	SunAngle               int32 // where the shadow points, clockwise from the right; -1: by seed
	SunLength, SunDarkness int32
	// What happens to the light.
	Ramp              int32 // slow swing of the exposure
	Step, StepSeconds int32 // light after a switch, against before; time between switches
	Flicker           int32 // bands of the mains beat
	Dapples           int32 // specks of moving leaf shadow
	Door              int32 // 1: a door leaf swings beside the line
	// What the camera does.
	Noise   int32 // standard deviation
	Dropped int32 // share of frames that never come
	Doubled int32 // share of frames that show the one before again
	Rate    int32 // frames in 10 s; 0: as the format says
	Quality int32 // of MJPEG; carried for the tools that encode, never used here
}

// Knob names one field of Knobs.
type Knob struct {
	Name, Unit  string
	Least, Most int32
	at          func(*Knobs) *int32
}

// Of gives the value of the knob in k.
func (n Knob) Of(k *Knobs) int32 { return *n.at(k) }

// Set changes one knob, by the name it has in List.
func (k *Knobs) Set(name string, value int32) error {
	for _, n := range List() {
		if n.Name != name {
			continue
		}
		if value < n.Least || value > n.Most {
			return fmt.Errorf("sim: knob %s = %d, want %d to %d %s", name, value, n.Least, n.Most, n.Unit)
		}
		*n.at(k) = value
		return nil
	}
	return fmt.Errorf("sim: no knob %q; nominal.toml lists them all", name)
}

// Check tells the first knob out of its range.
func (k *Knobs) Check() error {
	for _, n := range List() {
		if v := n.Of(k); v < n.Least || v > n.Most {
			return fmt.Errorf("sim: knob %s = %d, want %d to %d %s", n.Name, v, n.Least, n.Most, n.Unit)
		}
	}
	if k.GapMost < k.GapLeast {
		return fmt.Errorf("sim: gap_most = %d below gap_least = %d ms", k.GapMost, k.GapLeast)
	}
	if s := k.Pairs + k.Follows + k.Passes + k.Turns + k.Hovers + k.Stands; s > 100 {
		return fmt.Errorf("sim: pairs, follows, passes, turns, hovers and stands add up to %d percent, want at most 100", s)
	}
	return nil
}
