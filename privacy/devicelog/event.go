package devicelog

import (
	"fmt"
	"math"

	"tellijn/privacy/layers"
)

// Kind is what happened. The numbers are on the wire and are not given twice.
type Kind uint8

// The kinds. The comments say what A, B and Digest are; 0 where nothing is said.
const (
	EyeStarted   Kind = 1  // A: process id
	EyeEnded     Kind = 2  // A: exit code, -1 for a signal; B: the signal
	EyeFiltered  Kind = 3  // the filter of system calls ended it
	EyeLied      Kind = 4  // a message could not be true; the warden ended it
	EyeOverdue   Kind = 5  // A: milliseconds that a frame may be held; the warden ended it
	PowerOn      Kind = 6  // A: one of the reasons
	PowerOff     Kind = 7  // A: one of the reasons
	CourierEnded Kind = 8  // A: exit code, -1 for a signal; B: the signal
	LayerAbsent  Kind = 9  // A: a program; B: layers, or Alarm, or Power
	Boot         Kind = 10 // Digest: the warden's program
	Firmware     Kind = 11 // Digest: the eye's program
	Sandbox      Kind = 12 // A: a program; B: the layers.Layers that hold it
	Configured   Kind = 13 // Digest: the configuration
	LeftOut      Kind = 14 // A: a kind; B: how many of it came too often to be entered one by one
	ClockStep    Kind = 15 // A: seconds, those beyond 68 years cut off; B: 1 if it was believed
	QueueDropped Kind = 16 // A: how many; B: 0 pushed out unsent, 1 refused by the collector for good
	LedgerAside  Kind = 17 // the warden's file was damaged and put aside
	AuthFailed   Kind = 18 // A: what was not signed as it should: 1 a message from another door, 2 a receipt of the room, 3 the server
	HeadAway     Kind = 19
	HeadBack     Kind = 20
	Shutdown     Kind = 21
	KeyMade      Kind = 22
	QueueAside   Kind = 23 // the courier's file was damaged and put aside
)

// Programs in A of LayerAbsent and Sandbox.
const (
	Warden  = 0
	Eye     = 1
	Courier = 2
	Dialer  = 3
)

// Reasons in A of PowerOn and PowerOff.
const (
	NoReason  = 0 // not said
	ByProgram = 1 // counting begins or ends
	ByHours   = 2 // the hours in which people are counted begin or end
	ByAlarm   = 3 // a frame was held too long
)

// What AuthFailed says in A.
const (
	FromDoor   = 1
	FromRoom   = 2
	FromServer = 3
)

// Event is what happened, without where and when.
type Event struct {
	Kind   Kind
	A, B   int32
	Digest [32]byte
}

// bounds says what A and B of a kind can be, and whether it has a digest. It closes the list: what a kind
// does not use is zero, so that nothing else can be written there.
type bounds struct {
	lowA, highA, lowB, highB int32
	digest                   bool
}

func (k Kind) bounds() (bounds, bool) {
	const maxProcess = 1 << 22 // proc(5), pid_max
	switch k {
	case EyeFiltered, EyeLied, LedgerAside, HeadAway, HeadBack, Shutdown, KeyMade, QueueAside:
		return bounds{}, true
	case Boot, Firmware, Configured:
		return bounds{digest: true}, true
	case EyeStarted:
		return bounds{lowA: 1, highA: maxProcess}, true
	case EyeEnded, CourierEnded:
		return bounds{lowA: -1, highA: 255, highB: 64}, true // signal(7): 64 is the last
	case EyeOverdue:
		return bounds{lowA: 1, highA: 60_000}, true
	case PowerOn, PowerOff:
		return bounds{highA: ByAlarm}, true
	case LayerAbsent:
		return bounds{highA: Dialer, highB: Power<<1 - 1}, true
	case Sandbox:
		return bounds{highA: Dialer, highB: int32(layers.All)}, true
	case ClockStep:
		return bounds{lowA: math.MinInt32, highA: math.MaxInt32, highB: 1}, true
	case QueueDropped:
		return bounds{lowA: 1, highA: math.MaxInt32, highB: 1}, true
	case AuthFailed:
		return bounds{lowA: FromDoor, highA: FromServer}, true
	case LeftOut:
		return bounds{lowA: 1, highA: int32(QueueAside), lowB: 1, highB: math.MaxInt32}, true
	}
	return bounds{}, false
}

func (e Event) check() error {
	b, ok := e.Kind.bounds()
	switch {
	case !ok:
		return bad("kind %d, which is none", e.Kind)
	case e.A < b.lowA || e.A > b.highA:
		return bad("kind %d with a %d, want %d to %d", e.Kind, e.A, b.lowA, b.highA)
	case e.B < b.lowB || e.B > b.highB:
		return bad("kind %d with b %d, want %d to %d", e.Kind, e.B, b.lowB, b.highB)
	case b.digest != (e.Digest != [32]byte{}):
		return bad("kind %d with digest %x, want one only where the kind has it", e.Kind, e.Digest)
	}
	return nil
}

// What may be absent beside layers, in B of LayerAbsent.
const (
	Alarm = 1 << 16 // on frames that live too long
	Power = 1 << 17 // the switch of the camera's power
)

// digestShown is how many bytes of a digest the words have; the entry has all.
const digestShown = 8

// Grave tells whether somebody should look: the eye did what it may not, or lost its power.
func (e Event) Grave() bool {
	switch e.Kind {
	case EyeFiltered, EyeLied, EyeOverdue, PowerOff:
		return true
	}
	return false
}

// String says it in plain words.
func (e Event) String() string {
	switch e.Kind {
	case EyeStarted:
		return fmt.Sprintf("the eye started as process %d", e.A)
	case EyeEnded:
		return "the eye ended " + how(e.A, e.B)
	case EyeFiltered:
		return "the eye tried what it may not, and the kernel ended it"
	case EyeLied:
		return "the eye said what cannot be, and was ended"
	case EyeOverdue:
		return fmt.Sprintf("the eye held a frame for more than %d ms, and was ended", e.A)
	case PowerOn:
		return "the camera has power" + reason(e.A, "counting begins", "the hours for counting began", "a frame had been held too long")
	case PowerOff:
		return "the camera has no power" + reason(e.A, "counting ends", "the hours for counting are over", "a frame was held too long")
	case CourierEnded:
		return "the courier ended " + how(e.A, e.B)
	case LayerAbsent:
		return fmt.Sprintf("%s runs without %s", Program(e.A), absent(e.B))
	case Boot:
		return fmt.Sprintf("the device started, with warden %x", e.Digest[:digestShown])
	case Firmware:
		return fmt.Sprintf("the eye's program is %x", e.Digest[:digestShown])
	case Sandbox:
		return fmt.Sprintf("%s is held by: %s", Program(e.A), layers.Layers(e.B))
	case Configured:
		return fmt.Sprintf("the configuration is %x", e.Digest[:digestShown])
	}
	return e.later()
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
