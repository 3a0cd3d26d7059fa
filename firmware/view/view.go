// Package view is all that anybody can see of a running counter: a line that lights up, totals, and
// the records as they were queued. A state has at most 64 bytes and no place for a pixel. It exists
// on simulated and virtual boards only, where the warden writes it to a pipe.
package view

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tellijn/counting"
	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

// ErrInvalid is wrapped by every error about what came through the pipe.
var ErrInvalid = errors.New("view: invalid")

// StateSize of an encoded state in bytes: 64 is the most that may say what a camera sees.
const StateSize = 64

// maxTotal is the largest total a state can say: three bytes.
const maxTotal = 1<<24 - 1

// State is one beat.
type State struct {
	Number   uint16 // counts beats, and wraps
	Counting bool   // the eye runs; otherwise the numbers are those of its last beat
	Lines    []Line
	Zones    []uint8 // people inside each zone now
}

// Line is what one line shows.
type Line struct {
	LitForward, LitBackward bool   // somebody passed in this beat
	Forward, Backward       uint32 // totals since the warden's start, at most maxTotal
}

// Encode lays s out: number, flags, the numbers of lines and zones in one byte, lit lines as bits,
// then three bytes a total and one a zone, for eight of each.
func Encode(s *State) ([StateSize]byte, error) {
	var b [StateSize]byte
	if len(s.Lines) > counting.MaxLines || len(s.Zones) > counting.MaxZones {
		return b, fmt.Errorf("%w: %d lines and %d zones", ErrInvalid, len(s.Lines), len(s.Zones))
	}
	binary.LittleEndian.PutUint16(b[0:], s.Number)
	if s.Counting {
		b[2] = 1
	}
	b[3] = byte(len(s.Lines)<<4 | len(s.Zones))
	for i, l := range s.Lines {
		if l.LitForward {
			b[4] |= 1 << i
		}
		if l.LitBackward {
			b[5] |= 1 << i
		}
		put24(b[6+6*i:], l.Forward)
		put24(b[9+6*i:], l.Backward)
	}
	copy(b[54:62], s.Zones)
	return b, nil
}

// Decode reads a state.
func Decode(b []byte) (s State, err error) {
	if len(b) != StateSize {
		return State{}, fmt.Errorf("%w: state of %d bytes, want %d", ErrInvalid, len(b), StateSize)
	}
	lines, zones := int(b[3]>>4), int(b[3]&15)
	if lines > counting.MaxLines || zones > counting.MaxZones || b[2] > 1 {
		return State{}, fmt.Errorf("%w: %d lines, %d zones, flags %d", ErrInvalid, lines, zones, b[2])
	}
	s = State{Number: binary.LittleEndian.Uint16(b), Counting: b[2] == 1,
		Lines: make([]Line, lines), Zones: append([]uint8{}, b[54:54+zones]...)}
	for i := range s.Lines {
		s.Lines[i] = Line{b[4]>>i&1 == 1, b[5]>>i&1 == 1, get24(b[6+6*i:]), get24(b[9+6*i:])}
	}
	return s, nil
}

func put24(b []byte, v uint32) {
	v = min(v, maxTotal)
	b[0], b[1], b[2] = byte(v), byte(v>>8), byte(v>>16)
}

func get24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// Kinds of messages.
const (
	kindState  = 1
	kindRecord = 2
)

// WriteState sends a state.
func WriteState(w io.Writer, s *State) error {
	b, err := Encode(s)
	if err != nil {
		return err
	}
	return write(w, kindState, b[:])
}

// WriteRecord sends a signed record, byte for byte as it was queued.
func WriteRecord(w io.Writer, encoded []byte) error { return write(w, kindRecord, encoded) }

func write(w io.Writer, kind byte, b []byte) error {
	if len(b) > record.MaxSize {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrInvalid, len(b), record.MaxSize)
	}
	msg := append(make([]byte, 0, 3+len(b)), kind, byte(len(b)), byte(len(b)>>8))
	if _, err := w.Write(append(msg, b...)); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	return nil
}

// Message is one thing read from the pipe: a state, or the bytes of a signed record, whose signature
// whoever has the key should check.
type Message struct {
	State  *State
	Record []byte
}

// Read waits for the next message. The error is io.EOF when the warden ended.
func Read(r io.Reader) (Message, error) {
	var head [3]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return Message{}, io.EOF
		}
		return Message{}, fmt.Errorf("view: %w", err)
	}
	n := int(binary.LittleEndian.Uint16(head[1:]))
	if n > record.MaxSize {
		return Message{}, fmt.Errorf("%w: message of %d bytes, at most %d", ErrInvalid, n, record.MaxSize)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return Message{}, fmt.Errorf("view: %w", err)
	}
	switch head[0] {
	case kindState:
		s, err := Decode(b)
		return Message{State: &s}, err
	case kindRecord:
		if kind, _, err := sign.Signer(b); err != nil || kind != sign.Record {
			return Message{}, fmt.Errorf("%w: no signed record: %v %w", ErrInvalid, kind, err)
		}
		return Message{Record: b}, nil
	}
	return Message{}, fmt.Errorf("%w: message of kind %d", ErrInvalid, head[0])
}
