// Package rtctest is what every driver of a clock with a cell has to pass, where it may be set. It knows no
// driver and is never part of a device's program.
package rtctest

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal/rtc"
)

// Conformance sets c to several times, lets two seconds pass by pass each time and reads it; and to times
// that cannot be. It leaves c at one of them.
func Conformance(t testing.TB, c rtc.Clock, pass func(time.Duration)) {
	t.Helper()
	for _, at := range []time.Time{
		time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2028, 2, 28, 23, 59, 58, 500, time.UTC),
		time.Date(2030, 7, 1, 1, 0, 0, 0, time.FixedZone("", 2*3600)), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	} {
		if err := c.Set(at); err != nil {
			t.Errorf("set to %v: %v", at, err)
			continue
		}
		pass(2 * time.Second)
		got, err := c.Read()
		if late := got.Sub(at); err != nil || late < time.Second || late > 4*time.Second || got.Location() != time.UTC {
			t.Errorf("set to %v, 2 s later: %v, %v", at, got, err)
		}
	}
	before, err := c.Read()
	if err != nil {
		t.Error(err)
	}
	for _, bad := range []time.Time{{}, time.Unix(0, 0), time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if err := c.Set(bad); !errors.Is(err, rtc.ErrLost) {
			t.Errorf("set to %v: %v, want ErrLost", bad, err)
		}
	}
	if after, err := c.Read(); err != nil || after.Sub(before) > 4*time.Second || after.Before(before) {
		t.Errorf("times that cannot be made %v of %v, %v", after, before, err)
	}
}
