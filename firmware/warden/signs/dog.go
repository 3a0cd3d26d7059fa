package signs

import (
	"encoding/binary"
	"time"
)

// Bounds of the watchdog's policy.
const (
	// Patience is how long somebody who should report may say nothing. Each is started again all that
	// time, with less than ten seconds in between, so what helps only later is a new start of the machine.
	Patience = 5 * time.Minute
	// Between is the least time between two starts that are asked for.
	Between = 6 * time.Hour
)

// Reset is what is kept of a start that was asked for: before it, in the ledger, so that no clock and no
// memory is needed to know of it. The log of the device would not do: it tells what was, is signed, and
// lets old entries go.
type Reset struct {
	At   int64 // Unix seconds
	Sure bool  // the clock was known then
	Told bool  // the start after it has entered it into the log
}

// resetSize is the length of a kept reset: version, flags, time.
const resetSize = 1 + 1 + 8

// Bytes is its kept form.
func (r Reset) Bytes() []byte {
	flags := byte(0)
	if r.Sure {
		flags |= 1
	}
	if r.Told {
		flags |= 2
	}
	return binary.BigEndian.AppendUint64([]byte{1, flags}, uint64(r.At))
}

// ParseReset reads the kept form; false for what is none.
func ParseReset(b []byte) (Reset, bool) {
	if len(b) != resetSize || b[0] != 1 || b[1] > 3 {
		return Reset{}, false
	}
	return Reset{At: int64(binary.BigEndian.Uint64(b[2:])), Sure: b[1]&1 != 0, Told: b[1]&2 != 0}, true
}

// Dog decides whether the watchdog is fed. Use NewDog.
type Dog struct {
	last   Reset
	had    bool
	asked  bool
	due    [2]bool
	silent [2]time.Duration // since when each that is due has said nothing
}

// NewDog begins with the newest start that was asked for, if there was any.
func NewDog(last Reset, had bool) Dog { return Dog{last: last, had: had} }

// Report is what is known of one of those who should report.
type Report struct {
	Due  bool          // it should report now
	Last time.Duration // when it did last
}

// Moment is a time as a device knows it.
type Moment struct {
	Since time.Duration // since the start, by a clock that nobody sets
	At    int64         // Unix seconds
	Known bool          // At is known, from outside or since then
}

// Look takes who reports. feed tells whether to feed; want asks for leave to stop: whoever asks keeps the
// Reset first and then calls Asked. Until then it is fed.
func (d *Dog) Look(now Moment, eye, courier Report) (feed, want bool) {
	late := false
	for i, r := range [2]Report{eye, courier} {
		if !r.Due || !d.due[i] {
			d.silent[i] = now.Since
		}
		d.due[i] = r.Due
		d.silent[i] = max(d.silent[i], min(r.Last, now.Since))
		late = late || r.Due && now.Since-d.silent[i] > Patience
	}
	if d.asked {
		return false, false // there is no way back: what was kept says that the machine starts anew
	}
	return true, late && d.may(now)
}

// may tells whether six hours have passed since the last start that was asked for: as this start knows by
// itself, or, if the clock was known then and is now, by that.
func (d *Dog) may(now Moment) bool {
	return !d.had || now.Since >= Between || d.last.Sure && now.Known && now.At-d.last.At >= int64(Between/time.Second)
}

// Asked says that the start is kept: from here on nobody feeds.
func (d *Dog) Asked() { d.asked = true }

// Had gives the start that was asked for before this one, and whether there was one.
func (d *Dog) Had() (Reset, bool) { return d.last, d.had }
