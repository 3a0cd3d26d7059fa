// Package calendar decides what time it is for records. Clocks of small boards are wrong after a
// power cut, and whoever answers for the network's time may lie, so a reading is believed within
// bounds only and time never goes back behind what a record carries. It reads no clock, sets none
// and keeps no file: readings come in as arguments, the floor goes out to be kept.
package calendar

import "time"

// State is how the time came about. The numbers are those of the record.
type State uint8

// The states.
const (
	// Unknown: the machine's clock has not been synchronised since the start.
	Unknown State = 0
	// Held: it has, but it is not believed, or time stands until the clock has caught up.
	Held State = 1
	// Known: the time is that of a synchronised clock, at most twice Least off when it was last read.
	Known State = 2
)

// Bounds of what is believed.
const (
	// Least is a difference that is no step: time runs on and nothing is said.
	Least = 2 * time.Second
	// Window is how far after the floor a first reading may lie: so long may a device be off.
	Window = 400 * 24 * time.Hour
	// MaxStep is how far a synchronised clock may take time forward, at once or in several
	// steps; as much as was used comes back with the time that passes.
	MaxStep = 24 * time.Hour
	// MaxHold is how long time may stand because the clock went back behind a record, at once or
	// in several steps; it comes back twelve times slower than time passes, 2 hours in a day. A
	// clock chip that was set to a local time is off by so much in most of Europe.
	MaxHold = 2 * time.Hour
	// MaxSteps are believed or said at once, then one an hour.
	MaxSteps = 16
	// oldest is how long after its making a program may run: a floor later than that is damaged.
	oldest = 50 * 365 * 24 * time.Hour
)

// Step is a difference of more than Least between the time and a reading.
type Step struct {
	// By is how far the reading was ahead of where the time ran, less than zero for behind. It ends
	// at 292 years.
	By time.Duration
	// Believed says whether the time followed. When it was asked to go back behind a record it
	// follows by standing still.
	Believed bool
}

// Seconds is By in whole seconds, bounded for a log entry.
func (s *Step) Seconds() int32 {
	return int32(max(min(s.By/time.Second, 1<<31-1), -(1<<31 - 1)))
}

// Keeper keeps the time of one boot. It is used from one goroutine.
type Keeper struct {
	floor time.Time     // at the start
	start time.Duration // monotonic, of the first reading
	mono  time.Duration // of the newest reading
	begun bool

	base     time.Time     // the time at monotonic time from
	from     time.Duration // of base
	low      time.Time     // time never goes below this
	last     time.Time     // the time that Read gave last
	anchored bool          // base is a reading, not the floor
	heard    bool          // a synchronised reading came
	synced   bool          // and one was believed
	against  bool          // the newest was not

	forward time.Duration // left of MaxStep
	hold    time.Duration // left of MaxHold
	steps   time.Duration // an hour for each that is left of MaxSteps
	said    time.Duration // the refused difference that was said last
	spoke   bool
}

// New starts with the latest of what cannot be later than now: floor, the one that was kept or the
// end of the newest record, and built, when the program was made. A floor fifty years after that is
// damaged and passed over.
func New(floor, built time.Time) *Keeper {
	low := built.Round(0).UTC()
	if floor.After(low) && floor.Sub(low) < oldest {
		low = floor.Round(0).UTC()
	}
	return &Keeper{floor: low, base: low, low: low, last: low, forward: MaxStep, hold: MaxHold, steps: MaxSteps * time.Hour}
}

// Read takes a reading of the machine's clock: its wall time, time that never goes back (with time
// asleep), and whether it is synchronised. It gives the time, how that came about, and a step when
// there is one to be said; each refused difference is said once.
func (k *Keeper) Read(wall time.Time, mono time.Duration, synced bool) (now time.Time, state State, step *Step) {
	wall = wall.Round(0).UTC()
	first := !k.begun
	k.pass(mono)
	off := wall.Sub(k.line())
	k.heard = k.heard || synced
	switch {
	case k.anchored && off <= Least && off >= -Least:
		if synced {
			k.synced, k.against = true, false
		}
	case k.believe(wall, synced, first):
		if !first && (off > Least || off < -Least) {
			step = &Step{off, true} // at first nothing was given out before
		}
		k.base, k.from, k.anchored = wall, k.mono, true
		if synced {
			k.synced, k.against = true, false
		}
	default:
		k.against = k.against || synced
		if (off > Least || off < -Least) && (!k.spoke || apart(off, k.said)) && k.steps >= time.Hour {
			step = &Step{off, false}
			k.said, k.spoke, k.steps = off, true, k.steps-time.Hour
		}
	}
	k.last = k.now()
	return k.last, k.state(), step
}

// pass lets monotonic time pass; what was used of the bounds comes back.
func (k *Keeper) pass(mono time.Duration) {
	if !k.begun {
		k.begun, k.start, k.from, k.mono = true, mono, mono, mono
	}
	gone := min(max(mono-k.mono, 0), Window)
	k.mono = max(mono, k.mono)
	k.forward = min(k.forward+gone, MaxStep)
	k.hold = min(k.hold+gone/12, MaxHold)
	k.steps = min(k.steps+gone, MaxSteps*time.Hour)
}

// believe says whether the time may follow a reading and takes what that costs from the bounds.
func (k *Keeper) believe(wall time.Time, synced, first bool) bool {
	ahead, behind := max(wall.Sub(k.now()), 0), max(k.low.Sub(wall), 0)
	// Time that stands already was paid for.
	wait := max(behind-max(k.low.Sub(k.line()), 0), 0)
	switch {
	case !synced && (k.anchored || behind > 0 || !first && k.steps < time.Hour):
		// A clock chip, perhaps: good for a beginning and nothing else.
		return false
	case !k.synced && wall.Sub(k.floor) > Window+min(k.mono-k.start, oldest):
		return false
	case k.synced && (ahead > k.forward || k.steps < time.Hour):
		return false
	case wait > k.hold:
		return false
	}
	k.hold -= wait
	if k.synced {
		k.forward -= ahead
	}
	if !first {
		k.steps = max(k.steps-time.Hour, 0)
	}
	return true
}

// line is the time without the bound from below.
func (k *Keeper) line() time.Time { return k.base.Add(k.mono - k.from) }

func (k *Keeper) now() time.Time {
	if line := k.line(); line.After(k.low) {
		return line
	}
	return k.low
}

func (k *Keeper) state() State {
	switch {
	case !k.heard:
		return Unknown
	case !k.synced || k.against || k.low.Sub(k.line()) > Least:
		return Held
	}
	return Known
}

// Carried says that a record with this end, or this floor, is kept: from now on time does not go
// back behind it. One later than the time that was given is taken for that time.
func (k *Keeper) Carried(end time.Time) {
	if end.After(k.last) {
		end = k.last
	}
	if end.After(k.low) {
		k.low = end.Round(0).UTC()
	}
}

// Floor is what the next start must not go below: keep it with each record. It rises with the time
// that passes and with steps that were believed, and by nothing else.
func (k *Keeper) Floor() time.Time {
	if k.low.After(k.last) {
		return k.low
	}
	return k.last
}

// apart says that two differences are not the same, also where their own would not fit.
func apart(a, b time.Duration) bool {
	d := a/2 - b/2
	return d > Least/2 || d < -Least/2
}
