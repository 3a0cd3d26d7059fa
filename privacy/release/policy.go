package release

import (
	"errors"
	"fmt"
	"time"
)

// The floor. It is compiled in: a policy may be coarser, never finer.
const (
	minK        = 3                // the smallest step of a published number, people
	minM        = 100              // the smallest number of values of the weekly dither, pairs
	minInterval = 15 * time.Minute // the shortest time that a published number stands for
	firstOpen   = 7*60 + 30        // nothing is published before, minutes of the local day
	lastClose   = 22 * 60          // nothing is published from then on
	week        = 7                // days between two releases of pairs; no policy changes it
)

// What a policy may ask for at most. Above, nothing would ever be published.
const (
	maxK = 255 // what a record has room for
	maxM = 100_000
)

const dayMinutes = 24 * 60

// ErrPolicy is what Check wraps.
var ErrPolicy = errors.New("release: policy refused")

// Policy says how coarse the release of one device is. Times are minutes of the local day of the
// place, 0 to 1439; each takes effect in the slot that contains it.
type Policy struct {
	K        int           // people: the net of a line is published in steps of K
	M        int           // pairs: the secret weekly dither is K to K+M-1
	Interval time.Duration // 15, 20, 30 or 60 minutes
	Open     int           // from here on the net is published; corrections are published here
	Close    int           // from here on zeros are published until the next opening
	Evening  int           // a line that is shown empty here is taken to be empty
	Anchor   int           // everybody has gone home: the level starts at zero again
}

// Default is the finest policy there is: the floor.
func Default() Policy {
	return Policy{K: minK, M: minM, Interval: minInterval, Open: firstOpen, Close: lastClose, Evening: 18 * 60, Anchor: 4 * 60}
}

// Check refuses a policy that is finer than the floor, or in which the moments of the day are not in
// their order. An anchor must be three hours before the opening, the evening an hour behind it. The error wraps ErrPolicy.
func (p Policy) Check() error {
	switch {
	case p.K < minK || p.K > maxK:
		return refused("steps of %d people, want %d to %d", p.K, minK, maxK)
	case p.M < minM || p.M > maxM:
		return refused("a dither of %d pairs, want %d to %d", p.M, minM, maxM)
	case p.Interval != 15*time.Minute && p.Interval != 20*time.Minute && p.Interval != 30*time.Minute && p.Interval != time.Hour:
		return refused("an interval of %v, want 15m, 20m, 30m or 1h", p.Interval)
	case p.Open < firstOpen || p.Close > lastClose:
		return refused("open from minute %d to %d, want a part of %d to %d", p.Open, p.Close, firstOpen, lastClose)
	case p.Anchor < 0 || p.Anchor > p.Open-180 || p.Evening < p.Open+60 || p.Close < p.Evening:
		return refused("anchor %d, open %d, evening %d, close %d, want this order, three hours and one hour between the first three",
			p.Anchor, p.Open, p.Evening, p.Close)
	}
	return nil
}

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: "+format+"; it may be coarser than the default, never finer", append([]any{ErrPolicy}, args...)...)
}

// minutes is the length of a slot.
func (p *Policy) minutes() int64 { return int64(p.Interval / time.Minute) }

// gate is how many crossings within an hour open the gate of a door that is alone, and how far the
// carried net may be off the middle before it opens by itself: 10 for steps of 3.
func (p *Policy) gate() int64 { return int64(10*p.K+2) / 3 }

// inWindow tells whether numbers are published for this slot: from the one that contains Open to
// the one before that which contains Close.
func (p *Policy) inWindow(s Slot) bool {
	end := int64(s.Minute) + p.minutes()
	return end > int64(p.Open) && end <= int64(p.Close)
}

// Slot is the start of an interval in local time of the place: the number of the civil day since
// 1970-01-01 and the minute of that day. Where clocks are changed a slot may be missing, or come
// twice; the number of the day and the minute are then what a clock on the wall says.
type Slot struct {
	Day    int64
	Minute int // 0 to 1439
}

// maxDay is the last civil day of the year 9999.
const maxDay = 2_932_896

// valid tells whether the slot can be one.
func (s Slot) valid() bool {
	return s.Day >= 0 && s.Day <= maxDay && s.Minute >= 0 && s.Minute < dayMinutes
}

// at is the start in civil minutes since the first day.
func (s Slot) at() int64 { return s.Day*dayMinutes + int64(s.Minute) }

// passed tells whether the clock on the wall showed this minute of the day in [from, to).
func passed(from, to int64, minute int) bool {
	days := func(t int64) int64 { return (t - 1 - int64(minute) + dayMinutes) / dayMinutes }
	return to > from && days(to) > days(from)
}

// Mode says in a record whose counts these are.
type Mode uint8

// The modes.
const (
	OneDoor Mode = iota // one door, or doors of one device that are summed
	Room                // the sum of the doors of a room, released by its head
	Member              // a door whose counts went to the head of its room; nothing is released here
	Alone               // a door that released by itself, since the head of its room was away
)

// Single tells whether the level of such a line is people inside, so that it ends at zero each day.
func (m Mode) Single() bool { return m == OneDoor || m == Room }

// Limits are what this rule does not protect, a sentence each, for people who decide about it. The
// figures are of a simulated campus with the default policy.
func Limits() []string {
	return []string{
		"A group of 5 or more is visible, and so is when it came and went, to the interval.",
		"A crossing while 5 or more are inside can be seen by somebody who knows about all the others.",
		"Somebody who knows everything but one round of a cleaner through 30 rooms finds that round in some 16 of 100 evenings, and in 52 to 60 of 100 weeks.",
		"A habit of every night shows, to the same somebody, in the weekly pairs as an average.",
		"A change of 60 people for 60 others within an interval shows no throughput until the weekly pairs are released; some 50 pairs of a line are held back just after that, some 220 just before.",
		"Somebody who is inside at 18:00 or at 04:00 and leaves after the opening looks like a counting error, first forward, then backward; with two more such errors, or when 3 do it together, corrections of 3 appear on two mornings.",
		"A crossing that the camera missed on one side stays as imbalance; the third of them on the same side becomes a correction of 3 at the next opening.",
		"A door that releases alone while the head of its room is away is weaker: somebody who knows everything else finds 6 to 9 of 100 lone visits within a day.",
		"Two devices that count the same people by themselves can be subtracted from each other; so can a total of a building and its parts that are not all released by this rule.",
		"Exact counts that are still carried are in the memory and on the disk of the device: whoever opens the device and reads them knows more than any record says.",
		"Whoever has the secret of a device can undo the weekly dither.",
	}
}
