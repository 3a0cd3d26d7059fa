// Package event is what may be said about the running of the programs: a closed list of kinds, with
// fixed fields. Nothing of a frame, a tally or a person fits into it, and there is no text in it.
// The warden emits events; what keeps or shows them stands behind.
package event

import (
	"fmt"

	"tellijn/privacy/layers"
)

// Kind is what happened.
type Kind uint8

// The kinds. The comments say what A and B are; 0 where nothing is said.
const (
	EyeStarted   Kind = 1 // A: process id
	EyeEnded     Kind = 2 // A: exit code, -1 for a signal; B: the signal
	EyeFiltered  Kind = 3 // the filter of system calls ended it
	EyeLied      Kind = 4 // a message could not be true; the warden ended it
	EyeOverdue   Kind = 5 // A: milliseconds that a frame may be held; the warden ended it
	PowerOn      Kind = 6
	PowerOff     Kind = 7
	CourierEnded Kind = 8 // A: exit code, -1 for a signal; B: the signal
	LayerAbsent  Kind = 9 // A: a Program; B: a Layer

	Boot         Kind = 10 // the warden begins
	Firmware     Kind = 11 // with the hash of the eye's program
	Sandbox      Kind = 12 // A: a Program; B: the layers that hold it in
	Configured   Kind = 13 // with the hash of the configuration
	ClockStep    Kind = 15 // A: seconds; B: 1 when it is believed
	QueueDropped Kind = 16 // A: how many records
	LedgerAside  Kind = 17 // the ledger was damaged
	AuthFailed   Kind = 18 // A: 1 an envelope, 2 a receipt, 3 a server
	HeadAway     Kind = 19 // this door releases alone
	HeadBack     Kind = 20
	Shutdown     Kind = 21
	KeyMade      Kind = 22
	QueueAside   Kind = 23
)

// Program names a program in A of LayerAbsent.
type Program int32

// The programs.
const (
	Warden  Program = 0
	Eye     Program = 1
	Courier Program = 2
)

// Layer says in B of LayerAbsent what does not hold: a set of layers.Layers, or one of those below,
// which are no layers of a program.
type Layer int32

// What else may be absent.
const (
	Alarm Layer = 1 << 16
	Power Layer = 1 << 17
)

// Event is one thing that happened.
type Event struct {
	Kind Kind
	When int64 // Unix time in milliseconds, by the board's clock
	A, B int32 // see the kinds
}

// Grave tells whether somebody should look: the eye did what it may not, or lost its power.
func (e Event) Grave() bool {
	switch e.Kind {
	case EyeFiltered, EyeLied, EyeOverdue, PowerOff:
		return true
	}
	return false
}

// String says it in plain words, without the time.
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
		return "the camera has power"
	case PowerOff:
		return "the camera has no power"
	case CourierEnded:
		return "the courier ended " + how(e.A, e.B)
	case LayerAbsent:
		return fmt.Sprintf("%s runs without %s", Program(e.A), Layer(e.B))
	}
	return fmt.Sprintf("event %d (%d, %d)", e.Kind, e.A, e.B)
}

// how says an exit code or a signal.
func how(code, signal int32) string {
	if code < 0 {
		return fmt.Sprintf("by signal %d", signal)
	}
	return fmt.Sprintf("with code %d", code)
}

// String names the program.
func (p Program) String() string {
	switch p {
	case Warden:
		return "the warden"
	case Eye:
		return "the eye"
	case Courier:
		return "the courier"
	}
	return fmt.Sprintf("program %d", int32(p))
}

// String names the layers.
func (l Layer) String() string {
	switch l {
	case Alarm:
		return "an alarm on frames"
	case Power:
		return "a power switch"
	}
	return layers.Layers(l).String()
}
