// Package rtc is the clock of a board that runs while it has no power, if it has one. It gives the time or
// says that it cannot be: a clock whose cell is empty starts somewhere in the past, and some drivers notice
// and some do not. It sets no other clock. What is believed is for the scout and firmware/warden/calendar.
//
// simrtc is the twin without one, and rtctest is what every driver has to pass.
package rtc

import (
	"errors"
	"fmt"
	"time"

	"tellijn/hal"
)

// Clock is a clock with a cell of its own, to the second.
type Clock interface {
	// Read gives its time, in UTC. The error wraps ErrLost if that cannot be the time.
	Read() (time.Time, error)
	// Set puts it to a time, less what is below a second. One that Read would not give is an error.
	Set(t time.Time) error
}

// ErrLost is wrapped when a clock has a time that cannot be: it had no power, or was never set.
var ErrLost = errors.New("rtc: the clock has lost its time")

// Bounds of what can be: none of this was written before, and none of it is meant to run beyond.
const (
	firstYear = 2026
	lastYear  = 2099 // many clocks have two digits
)

// Check tells whether t can be the time of a device; the error wraps ErrLost.
func Check(t time.Time) error {
	if y := t.UTC().Year(); y < firstYear || y > lastYear {
		return fmt.Errorf("%w: it is in the year %d, want %d to %d", ErrLost, y, firstYear, lastYear)
	}
	return nil
}

// fields is struct rtc_time as far as it means anything. (Linux, include/uapi/linux/rtc.h)
type fields struct {
	second, minute, hour, day int
	month                     int // from 0
	year                      int // less 1900
}

// time makes a time of fields, in UTC. Fields that are no date are ErrLost.
func (f fields) time() (time.Time, error) {
	t := time.Date(f.year+1900, time.Month(f.month+1), f.day, f.hour, f.minute, f.second, 0, time.UTC)
	if of(t) != f { // time.Date takes a 31st of June for the 1st of July
		return time.Time{}, fmt.Errorf("%w: %d-%02d-%02d %02d:%02d:%02d is no date", ErrLost, f.year+1900, f.month+1, f.day, f.hour, f.minute, f.second)
	}
	if err := Check(t); err != nil {
		return time.Time{}, err
	}
	return t, nil
}

// of makes fields of a time.
func of(t time.Time) fields {
	t = t.UTC()
	return fields{t.Second(), t.Minute(), t.Hour(), t.Day(), int(t.Month()) - 1, t.Year() - 1900}
}

func absent(why string) error { return fmt.Errorf("rtc: %w: %s", hal.ErrAbsent, why) }
