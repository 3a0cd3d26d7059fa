package event

import (
	"strings"
	"testing"

	"tellijn/privacy/layers"
)

// TestWords has each kind, and sees that nobody forgot the words of one.
func TestWords(t *testing.T) {
	for _, tc := range []struct {
		e     Event
		want  string
		grave bool
	}{
		{Event{Kind: EyeStarted, A: 7}, "the eye started as process 7", false},
		{Event{Kind: EyeEnded, A: 12}, "the eye ended with code 12", false},
		{Event{Kind: EyeEnded, A: -1, B: 9}, "the eye ended by signal 9", false},
		{Event{Kind: EyeFiltered}, "the eye tried what it may not, and the kernel ended it", true},
		{Event{Kind: EyeLied}, "the eye said what cannot be, and was ended", true},
		{Event{Kind: EyeOverdue, A: 200}, "the eye held a frame for more than 200 ms, and was ended", true},
		{Event{Kind: PowerOn}, "the camera has power", false},
		{Event{Kind: PowerOff}, "the camera has no power", true},
		{Event{Kind: CourierEnded, A: 1}, "the courier ended with code 1", false},
		{Event{Kind: LayerAbsent, A: int32(Courier), B: int32(layers.Spaces | layers.Paths)}, "the courier runs without namespaces, Landlock", false},
		{Event{Kind: LayerAbsent, A: int32(Warden), B: int32(Power)}, "the warden runs without a power switch", false},
		{Event{Kind: LayerAbsent, A: int32(Eye), B: int32(Alarm)}, "the eye runs without an alarm on frames", false},
	} {
		if got := tc.e.String(); got != tc.want || tc.e.Grave() != tc.grave {
			t.Errorf("%+v: %q, grave %v; want %q, %v", tc.e, got, tc.e.Grave(), tc.want, tc.grave)
		}
	}
	for k := EyeStarted; k <= LayerAbsent; k++ {
		if s := (Event{Kind: k}).String(); strings.Contains(s, "event ") {
			t.Errorf("kind %d has no words: %q", k, s)
		}
	}
	if s := (Event{Kind: LayerAbsent, A: 70, B: 0}).String(); s != "program 70 runs without none" {
		t.Errorf("unknown: %q", s)
	}
	if s := (Event{Kind: 99, A: 1, B: 2}).String(); s != "event 99 (1, 2)" {
		t.Errorf("unknown: %q", s)
	}
}
