// Package line is what courier and dialer say to each other: the courier asks for a connection and
// cannot say where to, the dialer answers with a connected descriptor or with one of a few reasons
// why there is none. Messages have one size and no text. The starter makes the socket and keeps both
// of its ends, so that either side may end and come again; a serial number tells an answer to
// somebody who is gone. It stands behind the records: none goes through it.
package line

import (
	"errors"
	"fmt"

	"tellijn/privacy/sandbox"
)

// Status is the answer to a request.
type Status uint8

// The answers. 0 is that of a request, which has none yet.
const (
	Connected   Status = 1 // a descriptor comes with it
	NoName      Status = 2 // the name of the address is not known, or nobody was there to ask
	Refused     Status = 3 // somebody is there and does not want to talk
	Unreachable Status = 4 // no way leads there
	TimedOut    Status = 5
)

// String says it in words.
func (s Status) String() string {
	switch s {
	case Connected:
		return "connected"
	case NoName:
		return "the name is not known"
	case Refused:
		return "refused"
	case Unreachable:
		return "unreachable"
	case TimedOut:
		return "timed out"
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// ErrMalformed is wrapped by errors about bytes that are no message.
var ErrMalformed = errors.New("line: malformed message")

// Message is a request, whose Status is 0, or an answer.
type Message struct {
	Serial uint32 // of the request, and again of its answer
	Status Status
}

// Layout: two letters, version, status, serial (little endian).
const (
	letter0, letter1 = 'T', 'D'
	version          = 1
	// Size of a message in bytes.
	Size = 8
)

// Encode gives the bytes of m.
func Encode(m Message) [Size]byte {
	return [Size]byte{letter0, letter1, version, byte(m.Status),
		byte(m.Serial), byte(m.Serial >> 8), byte(m.Serial >> 16), byte(m.Serial >> 24)}
}

// Decode takes a message out of all that came in one piece. request says which kind it has to be.
// Every error wraps ErrMalformed.
func Decode(b []byte, request bool) (Message, error) {
	if len(b) != Size {
		return Message{}, fmt.Errorf("%w: %d bytes, want %d", ErrMalformed, len(b), Size)
	}
	m := Message{Status: Status(b[3]), Serial: uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24}
	switch {
	case b[0] != letter0 || b[1] != letter1 || b[2] != version:
		return Message{}, fmt.Errorf("%w: wrong letters or version", ErrMalformed)
	case request && m.Status != 0:
		return Message{}, fmt.Errorf("%w: a request with status %d", ErrMalformed, b[3])
	case !request && (m.Status < Connected || m.Status > TimedOut):
		return Message{}, fmt.Errorf("%w: an answer with status %d, want %d to %d", ErrMalformed, b[3], Connected, TimedOut)
	}
	return m, nil
}

// The descriptors with which the starter starts either side: behind those that the core gives.
const (
	CourierFd = sandbox.CourierLine
	DialerFd  = sandbox.DialerLine
)
