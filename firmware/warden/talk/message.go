// Package talk is what the two halves of the warden say to each other: the starter, which may start
// programs and nothing else, and the core, which does the work and may start nothing. Messages have
// one size and are checked by whoever receives them. A program is named by a number, so there is no
// way to say a path, an argument or a variable. It stands beside the data path; no tally and no
// record goes through it.
package talk

import (
	"errors"
	"fmt"

	"tellijn/privacy/wire/fixed"
)

// ErrMalformed is wrapped by errors about what a message says. Whoever gets one from the other half
// ends it, for an honest half never sends one.
var ErrMalformed = errors.New("talk: malformed message")

// Program is a program that the starter may start.
type Program uint8

// The programs. The core is started by the starter itself and cannot be asked for.
const (
	Core    Program = 0
	Eye     Program = 1
	Courier Program = 2
	Dialer  Program = 3
	Count           = 4 // of them
)

// Kind says what a message is for.
type Kind uint8

// The kinds. The core sends Start, Term, Kill and Look, the starter the others.
const (
	Start   Kind = 1  // Program, Serial, Files
	Term    Kind = 2  // Program, Serial: ask it to end
	Kill    Kind = 3  // Program, Serial: end it at once
	Ready   Kind = 4  // Spaces, Errno: what the core itself got; the first message of all
	Started Kind = 5  // Program, Serial, Pid, Spaces, Errno, Sum
	Refused Kind = 6  // Program, Serial, Stage, Errno
	Ended   Kind = 7  // Program, Serial, Code, Signal
	Asked   Kind = 8  // somebody asks the warden to end
	Look    Kind = 9  // Program, Serial: what does the kernel say of it?
	Seen    Kind = 10 // Program, Serial, Held
)

// Stage says at what a start failed.
type Stage uint8

// The stages.
const (
	Reading Stage = 1 // of the program's file
	Spaces  Stage = 2 // it must not run without namespaces
	Forking Stage = 3 // anything else
)

// MaxFiles is the most descriptors that come with a message: those of an eye with a clip.
const MaxFiles = 6

// Message is one message of either half. What a kind does not name is zero.
type Message struct {
	Kind    Kind
	Program Program
	Files   uint8  // descriptors that come with it: 0, 1, 2 and on of the new program
	Spaces  uint8  // namespaces that it got: spaces.Set
	Stage   Stage  // at which it failed
	Signal  uint8  // that ended it
	Serial  uint32 // of the start, never 0: so that nothing asked of one eye falls on the next
	Pid     int32
	Code    int32    // exit code, -1 if a signal ended it
	Errno   uint32   // why it failed, or why it has no namespaces
	Held    uint16   // layers.Layers that the kernel says hold, of those that it shows
	Sum     [32]byte // SHA-256 of the program's file, for the eye
}

// Layout, little endian: magic, version, the fields, CRC-32.
const (
	magic   = 'T' | 'L'<<8 | 'S'<<16 | 'T'<<24
	version = 1
	// Size of a message in bytes.
	Size = 64
)

func (m *Message) layout(c *fixed.Cursor) bool {
	mg, v := uint32(magic), uint16(version)
	// Held and Errno are never in one message and share a place.
	pid, code, why := uint32(m.Pid), uint32(m.Code), m.Errno
	if m.Kind == Seen {
		why = uint32(m.Held)
	}
	c.Uint32(&mg)
	c.Uint16(&v)
	c.Uint8((*uint8)(&m.Kind))
	c.Uint8((*uint8)(&m.Program))
	c.Uint8(&m.Files)
	c.Uint8(&m.Spaces)
	c.Uint8((*uint8)(&m.Stage))
	c.Uint8(&m.Signal)
	c.Uint32(&m.Serial)
	c.Uint32(&pid)
	c.Uint32(&code)
	c.Uint32(&why)
	c.Bytes(m.Sum[:])
	m.Pid, m.Code = int32(pid), int32(code)
	if m.Held = 0; m.Kind == Seen {
		m.Held, m.Errno = uint16(why), why>>16 // which is refused if it is not 0
	} else {
		m.Errno = why
	}
	return c.Sum() && mg == magic && v == version
}

// Encode puts m into buf.
func Encode(buf *[Size]byte, m *Message) {
	c := fixed.Writing(buf[:])
	m.layout(&c)
}

// Decode takes a message out of buf and checks that it can be meant. asking says which half sent
// it: true for the core, which asks, false for the starter. Every error wraps ErrMalformed.
func Decode(buf *[Size]byte, asking bool) (Message, error) {
	var m Message
	c := fixed.Reading(buf[:])
	if !m.layout(&c) {
		return Message{}, fmt.Errorf("%w: wrong magic, version or checksum", ErrMalformed)
	}
	if want := m.Kind >= Start && m.Kind <= Kill || m.Kind == Look; want != asking || m.Kind < Start || m.Kind > Seen {
		return Message{}, fmt.Errorf("%w: kind %d is not for this half", ErrMalformed, m.Kind)
	}
	if err := m.check(); err != nil {
		return Message{}, err
	}
	return m, nil
}

// check compares a message with the same one stripped of what its kind does not name.
func (m *Message) check() error {
	bare := Message{Kind: m.Kind}
	if m.Kind != Ready && m.Kind != Asked {
		if m.Program < Eye || m.Program > Dialer {
			return fmt.Errorf("%w: program %d, want %d to %d", ErrMalformed, m.Program, Eye, Dialer)
		}
		if m.Serial == 0 {
			return fmt.Errorf("%w: no serial", ErrMalformed)
		}
		bare.Program, bare.Serial = m.Program, m.Serial
	}
	switch m.Kind {
	case Start:
		if bare.Files = m.Files; m.Files > MaxFiles {
			return fmt.Errorf("%w: %d descriptors, at most %d", ErrMalformed, m.Files, MaxFiles)
		}
	case Ready:
		bare.Spaces, bare.Errno = m.Spaces, m.Errno
	case Started:
		bare.Pid, bare.Spaces, bare.Errno, bare.Sum = m.Pid, m.Spaces, m.Errno, m.Sum
	case Refused:
		bare.Stage, bare.Errno = m.Stage, m.Errno
	case Ended:
		bare.Code, bare.Signal = m.Code, m.Signal
	case Seen:
		bare.Held = m.Held
	}
	if *m != bare {
		return fmt.Errorf("%w: kind %d with fields that it does not have", ErrMalformed, m.Kind)
	}
	return nil
}
