package watch

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/warden/turn"
	"tellijn/hal/power"
	"tellijn/hal/power/simpower"
	"tellijn/privacy/devicelog"
)

// besides are events that say nothing of how an eye ended.
func besides(k devicelog.Kind) bool {
	return slices.Contains([]devicelog.Kind{devicelog.CourierEnded, devicelog.LayerAbsent, devicelog.Boot, devicelog.Configured,
		devicelog.Firmware, devicelog.Sandbox, devicelog.Shutdown, devicelog.ClockStep,
		devicelog.Approval, devicelog.GateOpened}, k)
}

// TestEvents has eyes that end in each way. What is told is the whole list, in order.
func TestEvents(t *testing.T) {
	starts := func(k int) func(*notes) bool {
		return func(n *notes) bool {
			return len(slices.DeleteFunc(n.kinds(), func(e devicelog.Kind) bool { return e != devicelog.EyeStarted })) == k
		}
	}
	const on, off, started, ended = devicelog.PowerOn, devicelog.PowerOff, devicelog.EyeStarted, devicelog.EyeEnded
	for _, tc := range []struct {
		what  string
		play  uint64
		grave devicelog.Kind // 0: none, and the power stays on
		words string
	}{
		{"hangs", hangs, devicelog.EyeOverdue, "because it held a frame for more than 200 ms"},
		{"lies", lies, devicelog.EyeLied, "because it said what cannot be: "},
		{"filtered", breaks, devicelog.EyeFiltered, "the eye tried what it may not, and the kernel ended it"},
		{"late", late, devicelog.EyeOverdue, "stopped because a frame lived too long"},
		{"crashes", crashes, 0, "lost its camera"},
	} {
		epoch := time.Now()
		sw := simpower.New(func() time.Duration { return time.Since(epoch) })
		n, err := run(t, tc.play, sw, starts(2))
		if err != nil {
			t.Errorf("%s: %v", tc.what, err)
		}
		want := []devicelog.Kind{on, started, tc.grave, ended, off, on, started}
		if tc.grave == 0 {
			want = []devicelog.Kind{on, started, ended, started}
		}
		// How the second eye ends depends on when; in the end there is no power and no courier.
		all := slices.DeleteFunc(n.kinds(), func(e devicelog.Kind) bool { return besides(e) })
		if len(all) < len(want)+2 || !slices.Equal(all[:len(want)], want) || all[len(all)-1] != off || sw.Powered() {
			t.Errorf("%s: events %v, want %v and more, and %v at the end", tc.what, all, want, off)
		}
		if !strings.Contains(n.said(), tc.words) {
			t.Errorf("%s: not said: %s\n%s", tc.what, tc.words, n.said())
		}
		turns, _ := sw.Turns()
		if tc.grave != 0 && (len(turns) < 3 || turns[2].At-turns[1].At < turn.Dark) {
			t.Errorf("%s: turns of the switch %v, want it off for %v", tc.what, turns, turn.Dark)
		}
	}
}

// TestBrokenSwitch starts no eye before a camera whose power cannot be switched, and says why.
func TestBrokenSwitch(t *testing.T) {
	sw := simpower.New(func() time.Duration { return 0 })
	sw.Fail(errors.New("stuck"))
	n, err := run(t, counts, sw, func(n *notes) bool { return strings.Contains(n.said(), "is broken: stuck; it is started again") })
	if err != nil || slices.Contains(n.kinds(), devicelog.EyeStarted) {
		t.Errorf("%v, %v", err, n.kinds())
	}
}

// TestNoSwitch counts on a board without a switch, and says once that there is none.
func TestNoSwitch(t *testing.T) {
	n, err := run(t, counts, power.None{}, func(n *notes) bool { return strings.Contains(n.said(), "Loaded   camera") })
	const want = "Skipped  camera power: this board has no switch that we know"
	if err != nil || strings.Count(n.said(), want) != 1 || slices.Contains(n.kinds(), devicelog.PowerOn) {
		t.Errorf("%v, %v, %s", err, n.kinds(), n.said())
	}
	// It says that it has all that is needed. What can be seen from outside is not its own to say: it
	// has no filter, no namespaces and all rights.
	if !strings.Contains(n.said(), "Skipped  confinement of the eye: no system-call filter, no dropped rights, no namespaces, ") {
		t.Errorf("the eye was believed: %s", n.said())
	}
	if !slices.ContainsFunc(n.events, func(e devicelog.Event) bool {
		return e.Kind == devicelog.LayerAbsent && e.A == int32(devicelog.Warden) && e.B == int32(devicelog.Power)
	}) {
		t.Error("no event")
	}
}
