package crossing

import "time"

// Settings are the few numbers that say when a person has crossed, the same for every camera.
// Lengths are in 1/256 of the side of a person (450 mm).
type Settings struct {
	Band   int           // beyond the line by this much is the other side
	Travel int           // net way across the line since the last turn or crossing
	Deep   int           // beyond the line by this much is sure
	Lost   int           // a person lost sight of this far beyond has crossed
	Along  time.Duration // two tracks that went together this long cross together
	Recent time.Duration // the second of them, behind the first within this, is a cart
	Margin int           // a line counts this far beyond its ends
}

// Defaults are the settings of every device.
func Defaults() Settings {
	return Settings{Band: 38, Travel: 132, Deep: 205, Lost: 154, Along: 600 * time.Millisecond, Recent: 1500 * time.Millisecond, Margin: 128}
}
