package knobs

const (
	percent = "percent"
	size    = "hundredths of a person size"
	grey    = "grey levels"
)

// List gives every knob with its unit and range, in the order of Knobs.
func List() []Knob {
	return []Knob{
		{"gap_least", "ms", 200, 60_000, func(k *Knobs) *int32 { return &k.GapLeast }},
		{"gap_most", "ms", 200, 60_000, func(k *Knobs) *int32 { return &k.GapMost }},
		{"crowd", "people a minute", 0, 120, func(k *Knobs) *int32 { return &k.Crowd }},
		{"speed", "cm/s", 30, 400, func(k *Knobs) *int32 { return &k.Speed }},
		{"speed_spread", percent, 0, 60, func(k *Knobs) *int32 { return &k.SpeedSpread }},
		{"size_spread", percent, 0, 40, func(k *Knobs) *int32 { return &k.SizeSpread }},
		{"curve", size, 0, 200, func(k *Knobs) *int32 { return &k.Curve }},
		{"pairs", percent, 0, 100, func(k *Knobs) *int32 { return &k.Pairs }},
		{"pair_gap", size, 60, 400, func(k *Knobs) *int32 { return &k.PairGap }},
		{"follows", percent, 0, 100, func(k *Knobs) *int32 { return &k.Follows }},
		{"follow_gap", size, 60, 600, func(k *Knobs) *int32 { return &k.FollowGap }},
		{"passes", percent, 0, 100, func(k *Knobs) *int32 { return &k.Passes }},
		{"pass_gap", size, 60, 400, func(k *Knobs) *int32 { return &k.PassGap }},
		{"turns", percent, 0, 100, func(k *Knobs) *int32 { return &k.Turns }},
		{"turn_depth", size, -300, 300, func(k *Knobs) *int32 { return &k.TurnDepth }},
		{"turn_spread", size, 0, 300, func(k *Knobs) *int32 { return &k.TurnSpread }},
		{"hovers", percent, 0, 100, func(k *Knobs) *int32 { return &k.Hovers }},
		{"stands", percent, 0, 100, func(k *Knobs) *int32 { return &k.Stands }},
		{"stand_seconds", "s", 1, 300, func(k *Knobs) *int32 { return &k.StandSeconds }},
		{"contrast", grey, 8, 110, func(k *Knobs) *int32 { return &k.Contrast }},
		{"low_contrast", percent, 0, 100, func(k *Knobs) *int32 { return &k.LowContrast }},
		{"trolleys", percent, 0, 100, func(k *Knobs) *int32 { return &k.Trolleys }},
		{"hats", percent, 0, 100, func(k *Knobs) *int32 { return &k.Hats }},
		{"umbrellas", percent, 0, 100, func(k *Knobs) *int32 { return &k.Umbrellas }},
		{"bags", percent, 0, 100, func(k *Knobs) *int32 { return &k.Bags }},
		{"lean", percent, 0, 50, func(k *Knobs) *int32 { return &k.Lean }},
		{"soft_shadow", percent, 0, 50, func(k *Knobs) *int32 { return &k.SoftShadow }},
		{"sun", percent, 0, 100, func(k *Knobs) *int32 { return &k.Sun }},
		{"sun_angle", "degrees", -1, 359, func(k *Knobs) *int32 { return &k.SunAngle }},
		{"sun_length", size, 0, 400, func(k *Knobs) *int32 { return &k.SunLength }},
		{"sun_darkness", percent, 0, 80, func(k *Knobs) *int32 { return &k.SunDarkness }},
		{"ramp", percent, 0, 60, func(k *Knobs) *int32 { return &k.Ramp }},
		{"step", percent, 5, 300, func(k *Knobs) *int32 { return &k.Step }},
		{"step_seconds", "s", 1, 3600, func(k *Knobs) *int32 { return &k.StepSeconds }},
		{"flicker", percent, 0, 40, func(k *Knobs) *int32 { return &k.Flicker }},
		{"dapples", "specks", 0, 64, func(k *Knobs) *int32 { return &k.Dapples }},
		{"door", "door leaves", 0, 1, func(k *Knobs) *int32 { return &k.Door }},
		{"noise", "tenths of a grey level", 0, 400, func(k *Knobs) *int32 { return &k.Noise }},
		{"dropped", percent, 0, 60, func(k *Knobs) *int32 { return &k.Dropped }},
		{"doubled", percent, 0, 60, func(k *Knobs) *int32 { return &k.Doubled }},
		{"rate", "frames in 10 s", 0, 1200, func(k *Knobs) *int32 { return &k.Rate }},
		{"quality", "percent of MJPEG quality", 1, 100, func(k *Knobs) *int32 { return &k.Quality }},
	}
}
