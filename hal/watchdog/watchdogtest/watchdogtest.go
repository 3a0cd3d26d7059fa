// Package watchdogtest is what every driver of a watchdog has to pass. It lets no watchdog bite: whoever
// wants to see that, on a machine that may be started anew, only has to stop feeding. It knows no driver and
// is never part of a device's program.
package watchdogtest

import (
	"testing"
	"time"

	"tellijn/hal/watchdog"
)

// Conformance feeds w, which has just begun with this timeout, for longer than that, ends it, and waits for
// longer than that again. pass lets time pass, and bitten tells whether the machine was started anew; on a
// real one a test that still runs is the answer.
func Conformance(t testing.TB, w watchdog.Watchdog, timeout time.Duration, pass func(time.Duration), bitten func() bool) {
	t.Helper()
	for step := range 5 {
		if err := w.Feed(); err != nil {
			t.Errorf("feed %d: %v", step, err)
		}
		pass(timeout * 2 / 5)
		if bitten() {
			t.Errorf("it bit while it was fed, at step %d", step)
		}
	}
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
	pass(timeout + timeout/5)
	if bitten() {
		t.Error("it bit after its end")
	}
}
