// Package turn gives the camera its power and takes it away, as firmware/warden/gate decides, and says when
// the eye is to start and to end for it. It starts nothing by itself, keeps no time and never gives power
// while the gate is closed. firmware/warden/watch does what it says; a year of it runs in tools/bench/year.
package turn

import "time"

// Spans of world time.
const (
	// Order is how long an eye may take to end in order: a late camera and its last frame.
	Order = 4 * time.Second
	// Dark is how long the camera has no power after it was taken: long enough for its memory and that of
	// its driver to lose what they held.
	Dark = time.Second
)

// Act is what is to be done now.
type Act uint8

// The acts.
const (
	Nothing Act = 0
	Start   Act = 1 // an eye, after giving power
	Stop    Act = 2 // ask the eye to end in order; it is asked again until it has
	Kill    Act = 3 // end the eye, which did not end in order
	Cut     Act = 4 // take the power; no eye runs
)

// Now is what there is to decide on.
type Now struct {
	At   time.Duration // never goes back
	Want bool          // the gate is open, and nobody asked for the end
	Runs bool          // an eye runs
	Lit  bool          // the camera has power
	Due  time.Duration // when the next eye may start
}

// Machine is the order in which an eye runs and its camera has power. It knows nothing but what it is told;
// its zero value is a camera without power.
type Machine struct {
	stopping bool          // the eye was asked to end
	asked    time.Duration // since then
	dark     time.Duration // until then no power is given
}

// Step says what to do. An eye that was asked to end ends, even when the gate opens meanwhile.
func (m *Machine) Step(n Now) Act {
	if !n.Runs {
		m.stopping = false
	}
	switch {
	case n.Runs && n.Want && !m.stopping:
		return Nothing
	case n.Runs && !m.stopping:
		m.stopping, m.asked = true, n.At
		return Stop
	case n.Runs && n.At-m.asked > Order:
		return Kill
	case n.Runs:
		return Stop
	case !n.Want && n.Lit:
		m.dark = n.At + Dark
		return Cut
	case n.Want && n.At >= max(n.Due, m.dark):
		return Start
	}
	return Nothing
}

// Stopping tells whether the eye that runs was asked to end.
func (m *Machine) Stopping() bool { return m.stopping }
