package signs

import "time"

// Hold is how long the button must be held: longer than somebody who dusts it leans on it.
const Hold = 3 * time.Second

// Button hears one button. The zero value has heard nothing.
type Button struct {
	down  bool
	free  bool // it was seen up once
	since time.Duration
	done  bool
}

// Look takes how the button is now, ten times a second or so, and tells once that it has been held for Hold
// without a moment in between. A button that was down from the first look on is a fault, or leans on
// something, and asks for nothing until it was up once: or a device could never start.
func (b *Button) Look(now time.Duration, down bool) bool {
	switch {
	case !down:
		b.free, b.down, b.done = true, false, false
	case !b.free:
	case !b.down:
		b.down, b.since = true, now
	case !b.done && now-b.since >= Hold:
		b.done = true
		return true
	}
	return false
}
