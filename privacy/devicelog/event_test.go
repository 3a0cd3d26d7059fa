package devicelog

import (
	"strings"
	"testing"

	"tellijn/privacy/layers"
)

// TestWords has each kind, and sees that nobody forgot the words of one.
func TestWords(t *testing.T) {
	digest := [32]byte{0xab, 0xcd, 31: 0xff}
	for _, tc := range []struct {
		e    Event
		want string
	}{
		{Event{Kind: EyeStarted, A: 7}, "the eye started as process 7"},
		{Event{Kind: EyeEnded, A: 12}, "the eye ended with code 12"},
		{Event{Kind: EyeEnded, A: -1, B: 9}, "the eye ended by signal 9"},
		{Event{Kind: EyeFiltered}, "the eye tried what it may not, and the kernel ended it"},
		{Event{Kind: EyeLied}, "the eye said what cannot be, and was ended"},
		{Event{Kind: EyeOverdue, A: 200}, "the eye held a frame for more than 200 ms, and was ended"},
		{Event{Kind: PowerOn}, "the camera has power"},
		{Event{Kind: PowerOn, A: ByProgram}, "the camera has power: counting begins"},
		{Event{Kind: PowerOn, A: ByHours}, "the camera has power: the hours for counting began"},
		{Event{Kind: PowerOn, A: ByAlarm}, "the camera has power: a frame had been held too long"},
		{Event{Kind: PowerOff}, "the camera has no power"},
		{Event{Kind: PowerOff, A: ByProgram}, "the camera has no power: counting ends"},
		{Event{Kind: PowerOff, A: ByHours}, "the camera has no power: the hours for counting are over"},
		{Event{Kind: PowerOff, A: ByAlarm}, "the camera has no power: a frame was held too long"},
		{Event{Kind: CourierEnded, A: 1}, "the courier ended with code 1"},
		{Event{Kind: LayerAbsent, A: Courier, B: int32(layers.Spaces | layers.Paths)}, "the courier runs without namespaces, Landlock"},
		{Event{Kind: LayerAbsent, A: Warden, B: 1 << 17}, "the warden runs without a power switch"},
		{Event{Kind: LayerAbsent, A: Eye, B: 1 << 16}, "the eye runs without an alarm on frames"},
		{Event{Kind: Boot, Digest: digest}, "the device started, with warden abcd000000000000"},
		{Event{Kind: Firmware, Digest: digest}, "the eye's program is abcd000000000000"},
		{Event{Kind: Sandbox, A: Dialer, B: int32(layers.Filter | layers.Rights)}, "the dialer is held by: system-call filter, dropped rights"},
		{Event{Kind: Sandbox, A: Eye}, "the eye is held by: none"},
		{Event{Kind: Configured, Digest: digest}, "the configuration is abcd000000000000"},
		{Event{Kind: ClockStep, A: 3600, B: 1}, "the clock was set by +3600 s"},
		{Event{Kind: ClockStep, A: -5}, "the clock was set by -5 s, which the device does not believe"},
		{Event{Kind: QueueDropped, A: 12}, "the queue was full: records pushed out before they were sent: 12"},
		{Event{Kind: LedgerAside}, "the warden's file was damaged; it was put aside and a new one begun"},
		{Event{Kind: AuthFailed, A: FromDoor}, "a message that came for the warden was not from a door of its room"},
		{Event{Kind: AuthFailed, A: FromRoom}, "a receipt of the room was not signed by its head"},
		{Event{Kind: AuthFailed, A: FromServer}, "the server could not show that it is the right one"},
		{Event{Kind: HeadAway}, "the head of the room is away; this door releases its counts alone"},
		{Event{Kind: HeadBack}, "the head of the room is back; it releases for this door again"},
		{Event{Kind: Shutdown}, "the device was shut down in order"},
		{Event{Kind: KeyMade}, "the device made new keys"},
		{Event{Kind: QueueAside}, "the courier's file was damaged; it was put aside and a new one begun"},
		{Event{Kind: PowerOn, A: ByGate}, "the camera has power: it may count now"},
		{Event{Kind: PowerOff, A: ByGate}, "the camera has no power: it may not count now"},
		{Event{Kind: Approval, Digest: digest}, "the approval abcd000000000000: it counts"},
		{Event{Kind: Approval, A: 5, B: 1, Digest: digest}, "the test approval abcd000000000000: it is one for tests"},
		{Event{Kind: Approval, A: 11, Digest: digest}, "the approval abcd000000000000: it has ended"},
		{Event{Kind: GateOpened}, "the camera may have power from now on"},
		{Event{Kind: GateClosed, A: 1}, "the camera may have no power from now on: the time is not known"},
		{Event{Kind: GateClosed, A: 9}, "the camera may have no power from now on: outside of the hours"},
		{Event{Kind: LampOdd, A: LitWhileOff}, "the camera lamp is lit although the camera was switched off"},
		{Event{Kind: LampOdd, A: DarkWhileOn}, "the camera lamp is dark although the camera was switched on"},
		{Event{Kind: ButtonOff}, "somebody held the button: the device powers off"},
		{Event{Kind: DataAside}, "the file system for data was damaged; it was set aside and a new one made"},
		{Event{Kind: WatchdogHit}, "the watchdog had to start the device anew"},
		{Event{Kind: LeftOut, A: 9, B: 40}, "events of kind 9 that came too often to be entered one by one: 40"},
	} {
		if got := tc.e.String(); got != tc.want {
			t.Errorf("%+v: %q; want %q", tc.e, got, tc.want)
		}
		if err := tc.e.check(); err != nil {
			t.Errorf("%+v: %v", tc.e, err)
		}
	}
	for k := range Kind(255) {
		if _, ok := k.bounds(); ok == strings.HasPrefix(Event{Kind: k}.String(), "kind ") {
			t.Errorf("kind %d: known %v, %q", k, ok, Event{Kind: k})
		}
	}
	if s := (Event{Kind: LayerAbsent, A: 70}).String(); s != "program 70 runs without none" {
		t.Errorf("unknown: %q", s)
	}
	if s := (Event{Kind: 99, A: 1, B: 2}).String(); s != "kind 99 (1, 2)" {
		t.Errorf("unknown: %q", s)
	}
}

// Somebody should look where the eye did what it may not or lost its power, and nowhere else.
func TestGrave(t *testing.T) {
	for k := range Kind(255) {
		want := k == EyeFiltered || k == EyeLied || k == EyeOverdue || k == PowerOff || k == LampOdd
		if got := (Event{Kind: k}).Grave(); got != want {
			t.Errorf("kind %d: grave %v, want %v", k, got, want)
		}
	}
	for a, want := range map[int32]bool{NoReason: true, ByProgram: true, ByHours: false, ByAlarm: true, ByGate: false} {
		if got := (Event{Kind: PowerOff, A: a}).Grave(); got != want {
			t.Errorf("no power because of %d: grave %v, want %v", a, got, want)
		}
	}
}
