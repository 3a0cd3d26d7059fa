// Package signs is what a device says by its lamp, hears by its button and asks of its watchdog: what is
// wrong in, a pattern out; a button that is held in, a wish to power off out; who reports in, whether the
// watchdog is fed out. It touches no part and asks no clock, and nothing of a frame or a count comes near it.
package signs

import "time"

// State is what a lamp can tell of. The zero value is a device that does nothing wrong and does not count.
type State struct {
	Open     bool // the gate is open: the camera may have power
	Why      Why  // why it is closed
	Counting bool // tallies come
	Full     bool // what is counted cannot be stored
	Stale    bool // nothing has left for an hour, although something waits
	NotDark  bool // the camera should have no power, and its supply does not read dark
}

// Why is why the gate is closed, as far as a person at the door can do something about it.
type Why uint8

// The reasons. An open gate has none.
const (
	Hours      Why = 0 // it is not the hour, which is as it should be
	NoTime     Why = 1 // the time is not known in this start
	NoApproval Why = 2 // no signed approval allows it
)

// Sign is a pattern of the lamp.
type Sign uint8

// The signs. Numbered is as many flashes as the number says, then a pause.
const (
	Dark     Sign = 0 // no power, or it has ended
	Two      Sign = 2 // the time is not known
	Three    Sign = 3 // no approval that counts
	Four     Sign = 4 // no camera, or nothing counts although it should
	Five     Sign = 5 // nothing leaves
	Six      Sign = 6 // nothing can be stored
	Seven    Sign = 7 // the camera has power although it should have none
	Closed   Sign = 8 // outside of its hours: a short flash every four seconds
	Counting Sign = 9 // steady
	Signs         = 10
)

// String says what it means.
func (s Sign) String() string {
	names := [Signs]string{Dark: "dark", Two: "2 flashes: the time is not known", Three: "3 flashes: no approval that counts",
		Four: "4 flashes: no camera", Five: "5 flashes: nothing has left for an hour", Six: "6 flashes: nothing can be stored",
		Seven: "7 flashes: the camera has power although it should have none", Closed: "a flash every 4 s: closed", Counting: "steady: counting"}
	if int(s) >= len(names) || names[s] == "" {
		return "no sign"
	}
	return names[s]
}

// Of gives the one sign for a state. What concerns the people who pass comes first, then what keeps it from
// counting, then what loses counts, then what is as it should be. Counting is shown only if it is true and
// may be, and nothing is wrong.
func Of(s State) Sign {
	switch {
	case s.NotDark:
		return Seven
	case !s.Open && s.Why == NoTime:
		return Two
	case !s.Open && s.Why == NoApproval:
		return Three
	case s.Open && !s.Counting:
		return Four
	case s.Full:
		return Six
	case s.Stale:
		return Five
	case !s.Open:
		return Closed
	}
	return Counting
}

// Pattern of flashes: long enough to be counted by somebody who looks twice.
const (
	flash = 200 * time.Millisecond
	gap   = 300 * time.Millisecond
	pause = 1500 * time.Millisecond
	short = 150 * time.Millisecond // more than one look of a warden, ten a second
	every = 4 * time.Second
)

// Lit tells whether the lamp is lit so long after the sign was first shown.
func (s Sign) Lit(since time.Duration) bool {
	since = max(since, 0)
	switch {
	case s == Counting:
		return true
	case s == Closed:
		return since%every < short
	case s >= Two && s <= Seven:
		n := time.Duration(s)
		in := since % (n*(flash+gap) + pause)
		return in < n*(flash+gap) && in%(flash+gap) < flash
	}
	return false
}
