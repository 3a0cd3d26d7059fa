// Package rtcsmoke tries a clock with a cell. It is for tests and the rig.
//
// Wiring: a DS3231 module on the I2C of the header: SDA to pin 3, SCL to pin 5, 3.3 V from pin 1, ground to
// pin 9, and dtoverlay=i2c-rtc,ds3231 in config.txt; the board of a Pi 5 has a clock of its own and wants
// only a cell at J5. Run as root
//
//	TELLIJN_RTC=/dev/rtc0 go test -v ./hal/rtc/rtcsmoke
//
// which sets it and puts it back. To see a lost time, take the cell out for a minute without power:
// the test then says so at its first read. tools/rig/parts does it in a virtual machine.
package rtcsmoke

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/hal/rtc"
	"tellijn/hal/rtc/rtctest"
)

// Conforms runs the conformance suite and puts the clock back, to what it was or to now; now and sleep are
// those of the machine.
func Conforms(t testing.TB, path string, now func() time.Time, sleep func(time.Duration)) {
	t.Helper()
	c, err := rtc.Open(path)
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	began := now()
	first, err := c.Read()
	if errors.Is(err, rtc.ErrLost) {
		t.Logf("at first: %v", err)
		first = began
	} else if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s began at %v", c, first)
	rtctest.Conformance(t, c, sleep)
	if err := c.Set(first.Add(now().Sub(began))); err != nil && !errors.Is(err, rtc.ErrLost) {
		t.Error(err)
	}
}
