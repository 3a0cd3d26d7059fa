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

	Approval    Kind = 24 // A: 0 it counts, else why not (privacy/approval.Reason); B: 1 if it is one for tests; Digest: the signed approval
	GateOpened  Kind = 25 // from now on the camera may have power
	GateClosed  Kind = 26 // A: why (firmware/warden/gate.Why); from now on it may not
	LampOdd     Kind = 27 // the camera lamp and the switch disagree. A: 1 lit although off, 2 dark although on
	ButtonOff   Kind = 28 // somebody held the button: the device is about to power off
	DataAside   Kind = 29 // the file system for data was damaged, set aside and made anew
	WatchdogHit Kind = 30 // the start before this one was ended by the watchdog
)

// last is the largest kind.
const last = WatchdogHit

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
	ByGate    = 4 // the gate opened or closed for another reason than hours
)

// What LampOdd says in A.
const (
	LitWhileOff = 1
	DarkWhileOn = 2
)

// What Approval and GateClosed say in A goes up to these. privacy/approval and firmware/warden/gate have
// the words for each; they are held to these numbers by tests.
const (
	maxReason = 11
	maxWhy    = 9
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
	case EyeFiltered, EyeLied, LedgerAside, HeadAway, HeadBack, Shutdown, KeyMade, QueueAside, GateOpened, ButtonOff, DataAside, WatchdogHit:
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
		return bounds{highA: ByGate}, true
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
	case Approval:
		return bounds{highA: maxReason, highB: 1, digest: true}, true
	case GateClosed:
		return bounds{lowA: 1, highA: maxWhy}, true
	case LampOdd:
		return bounds{lowA: LitWhileOff, highA: DarkWhileOn}, true
	case LeftOut:
		return bounds{lowA: 1, highA: int32(last), lowB: 1, highB: math.MaxInt32}, true
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

// Grave tells whether somebody should look: the eye did what it may not, its camera lost its power for
// another reason than the gate, or the camera lamp does not say what the switch does.
func (e Event) Grave() bool {
	switch e.Kind {
	case EyeFiltered, EyeLied, EyeOverdue, LampOdd:
		return true
	case PowerOff:
		return e.A != ByHours && e.A != ByGate
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
		return "the camera has power" + reason(e.A, "counting begins", "the hours for counting began", "a frame had been held too long", "it may count now")
	case PowerOff:
		return "the camera has no power" + reason(e.A, "counting ends", "the hours for counting are over", "a frame was held too long", "it may not count now")
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
