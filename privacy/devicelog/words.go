package devicelog

import (
	"fmt"

	"tellijn/privacy/coding"
	"tellijn/privacy/layers"
)

// kindKey is the one field of which a comment says more.
const kindKey = 8

// keys are the fields in the order in which deterministic CBOR has them.
func keys() []coding.Field {
	return []coding.Field{
		{Number: 1, Name: "version"}, {Number: 2, Name: "device"}, {Number: 3, Name: "number"}, {Number: 4, Name: "boot"}, {Number: 5, Name: "at, Unix seconds"},
		{Number: 6, Name: "clock: 0 nobody told the time, 1 went on from the last known, 2 was told"}, {Number: 7, Name: "uptime, seconds"},
		{Number: kindKey, Name: "kind"}, {Number: 9, Name: "a"}, {Number: 10, Name: "b"}, {Number: 11, Name: "digest, SHA-256"},
		{Number: 12, Name: "previous signed entry, SHA-256"}, {Number: 13, Name: "pad"},
	}
}

// Diag gives an encoded entry in CBOR diagnostic notation (RFC 8949 section 8), one field a line, with the
// names as comments (RFC 8610 appendix G.6) and what happened in words. It decodes nothing that it does
// not show.
func Diag(payload []byte) (string, error) {
	e, err := Decode(payload)
	if err != nil {
		return "", err
	}
	fields := keys()
	for i, f := range fields {
		if f.Number == kindKey {
			fields[i].Name += ": " + e.Event().String()
		}
	}
	text, err := coding.Diag(payload, fields)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return text, nil
}

// later has the words of the kinds from 15 on.
func (e Event) later() string {
	switch e.Kind {
	case ClockStep:
		if e.B == 1 {
			return fmt.Sprintf("the clock was set by %+d s", e.A)
		}
		return fmt.Sprintf("the clock was set by %+d s, which the device does not believe", e.A)
	case QueueDropped:
		if e.B == 1 {
			return fmt.Sprintf("the collector refused for good what was sent: %d", e.A)
		}
		return fmt.Sprintf("the queue was full: records pushed out before they were sent: %d", e.A)
	case LedgerAside:
		return "the warden's file was damaged; it was put aside and a new one begun"
	case AuthFailed:
		switch e.A {
		case FromDoor:
			return "a message that came for the warden was not from a door of its room"
		case FromRoom:
			return "a receipt of the room was not signed by its head"
		}
		return "the server could not show that it is the right one"
	case HeadAway:
		return "the head of the room is away; this door releases its counts alone"
	case HeadBack:
		return "the head of the room is back; it releases for this door again"
	case Shutdown:
		return "the device was shut down in order"
	case KeyMade:
		return "the device made new keys"
	case QueueAside:
		return "the courier's file was damaged; it was put aside and a new one begun"
	case Approval:
		return approval(e)
	case GateOpened:
		return "the camera may have power from now on"
	case GateClosed:
		return "the camera may have no power from now on: " + why(e.A)
	case LampOdd:
		if e.A == LitWhileOff {
			return "the camera lamp is lit although the camera was switched off"
		}
		return "the camera lamp is dark although the camera was switched on"
	case ButtonOff:
		return "somebody held the button: the device powers off"
	case DataAside:
		return "the file system for data was damaged; it was set aside and a new one made"
	case WatchdogHit:
		return "the watchdog had to start the device anew"
	case LeftOut:
		return fmt.Sprintf("events of kind %d that came too often to be entered one by one: %d", e.A, e.B)
	}
	return fmt.Sprintf("kind %d (%d, %d)", e.Kind, e.A, e.B)
}

// how says an exit code or a signal.
func how(code, signal int32) string {
	if code < 0 {
		return fmt.Sprintf("by signal %d", signal)
	}
	return fmt.Sprintf("with code %d", code)
}

func reason(a int32, words ...string) string {
	if a < 1 || int(a) > len(words) {
		return ""
	}
	return ": " + words[a-1]
}

// Program names a program in A.
func Program(a int32) string {
	names := [...]string{Warden: "the warden", Eye: "the eye", Courier: "the courier", Dialer: "the dialer"}
	if a < 0 || int(a) >= len(names) {
		return fmt.Sprintf("program %d", a)
	}
	return names[a]
}

func absent(b int32) string {
	switch b {
	case Alarm:
		return "an alarm on frames"
	case Power:
		return "a power switch"
	}
	return layers.Layers(b).String()
}

// approval says what is the matter with the approval, by its number.
func approval(e Event) string {
	words := [maxReason + 1]string{"it counts", "there is none", "it cannot be read", "nobody is configured whose approvals count",
		"it is not signed by whom the configuration names", "it is one for tests", "it is for other devices",
		"it is for another geometry", "it wants coarser counts", "it is for fewer hours", "it begins later", "it has ended"}
	if e.A < 0 || int(e.A) >= len(words) {
		return fmt.Sprintf("the approval: reason %d", e.A)
	}
	kind := "approval"
	if e.B == 1 {
		kind = "test approval"
	}
	return fmt.Sprintf("the %s %x: %s", kind, e.Digest[:digestShown], words[e.A])
}

// why says why the gate closed, by its number.
func why(a int32) string {
	words := [maxWhy + 1]string{"", "the time is not known", "there is no approval that counts", "the approval is for other devices",
		"the approval is for another geometry", "the approval wants coarser counts", "the approval is for fewer hours",
		"the approval begins later", "the approval has ended", "outside of the hours"}
	if a < 1 || int(a) >= len(words) {
		return fmt.Sprintf("reason %d", a)
	}
	return words[a]
}
