package knobs

import "fmt"

// Range is one knob and the values worth plotting, from harmless to hopeless.
type Range struct {
	Name   string
	Values []int32
}

// Sweep lists the plots: one knob each, all others nominal except the share that the knob needs
// in order to matter.
func Sweep() []Range {
	return []Range{
		{"noise", []int32{0, 20, 40, 80, 120, 160, 240}},
		{"contrast", []int32{12, 16, 20, 30, 45, 60, 90}},
		{"low_contrast", []int32{0, 10, 25, 50, 100}},
		{"size_spread", []int32{0, 10, 20, 30, 40}},
		{"speed", []int32{40, 80, 120, 180, 240, 320}},
		{"rate", []int32{30, 50, 80, 100, 150, 250, 300}},
		{"crowd", []int32{10, 20, 30, 45, 60, 90}},
		{"pair_gap", []int32{110, 125, 140, 155, 180, 220}},
		{"follow_gap", []int32{110, 130, 150, 180, 220, 300}},
		{"pass_gap", []int32{110, 125, 140, 170, 220}},
		{"turn_depth", []int32{-100, -50, -20, 0, 10, 20, 30, 40}},
		{"hovers", []int32{0, 10, 25, 50, 100}},
		{"stand_seconds", []int32{2, 5, 10, 20, 40, 80}},
		{"trolleys", []int32{0, 10, 25, 50, 100}},
		{"hats", []int32{0, 50, 100}},
		{"umbrellas", []int32{0, 10, 25, 50, 100}},
		{"bags", []int32{0, 50, 100}},
		{"lean", []int32{0, 15, 25, 35, 50}},
		{"soft_shadow", []int32{0, 10, 20, 30, 40}},
		{"sun_length", []int32{0, 50, 100, 150, 200, 300}},
		{"sun_darkness", []int32{0, 20, 40, 55, 70}},
		{"sun_angle", []int32{0, 45, 90, 135, 180, 225, 270, 315}},
		{"ramp", []int32{0, 5, 10, 20, 40}},
		{"step", []int32{25, 50, 70, 85, 100, 120, 150, 200}},
		{"flicker", []int32{0, 2, 5, 10, 20}},
		{"dapples", []int32{0, 8, 16, 32, 64}},
		{"door", []int32{0, 1}},
		{"dropped", []int32{0, 1, 5, 10, 20, 40}},
		{"doubled", []int32{0, 1, 5, 10, 20, 40}},
		{"quality", []int32{20, 40, 60, 80, 95}},
	}
}

// Turned gives the nominal knobs with one of them turned. A knob of a kind of arrival brings
// that kind about in half of all arrivals, a knob of the sun lets it shine all the time.
func Turned(name string, value int32) (Knobs, error) {
	k := Nominal()
	var share *int32
	switch name {
	case "pair_gap":
		share = &k.Pairs
	case "follow_gap":
		share = &k.Follows
	case "pass_gap":
		share = &k.Passes
	case "turn_depth":
		share, k.TurnSpread = &k.Turns, 5
	case "stand_seconds":
		share = &k.Stands
	case "pairs", "follows", "passes", "turns", "hovers", "stands":
		k.Pairs, k.Follows, k.Passes, k.Turns, k.Hovers, k.Stands = 0, 0, 0, 0, 0, 0
	case "sun_length", "sun_darkness", "sun_angle":
		k.Sun = 100
	case "gap_least":
		k.GapMost = max(k.GapMost, value)
	case "gap_most":
		k.GapLeast = min(k.GapLeast, value)
	}
	if share != nil {
		k.Pairs, k.Follows, k.Passes, k.Turns, k.Hovers, k.Stands = 0, 0, 0, 0, 0, 0
		*share = 50
	}
	if err := k.Set(name, value); err != nil {
		return k, err
	}
	if err := k.Check(); err != nil {
		return k, fmt.Errorf("sim: knob %s turned to %d: %w", name, value, err)
	}
	return k, nil
}
