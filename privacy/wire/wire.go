// Package wire is the pipe from the eye to the warden: tallies as messages of one fixed size, one
// write each. It never carries text, anything of a frame, or anything of a length that varies.
// The writer is the last thing in the eye, the reader the first in the warden, which checks again
// whatever it gets: behind the pipe may be an eye that was taken over.
package wire

import (
	"time"

	"tellijn/counting/tally"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/wire/fixed"
)

// Layout of the message, little endian: magic, version, the stream, the tally, CRC-32.
const (
	magic   = 'T' | 'L'<<8 | 'T'<<16 | 'Y'<<24
	version = 1
	// Size of the message in bytes, whatever it says. It is under 512, the least PIPE_BUF that
	// POSIX allows (limits.h), so that a write is whole or nothing.
	Size = 160
)

// Stream says what the camera delivers. It is part of each message and the same in all.
type Stream struct {
	Pixel         camera.PixelFormat
	Width, Height uint16        // pixels
	Interval      time.Duration // nominal, between frames
	// Held are the layers that confine the eye, as far as it knows: what it says of itself. The
	// warden looks from outside at those that can be seen there.
	Held layers.Layers
}

// StreamOf takes from a format what the warden may know.
func StreamOf(f camera.Format) Stream {
	return Stream{Pixel: f.Pixel, Width: uint16(f.Width), Height: uint16(f.Height), Interval: f.Interval}
}

// Message is one tally and the stream it was counted on.
type Message struct {
	Stream Stream
	Tally  tally.Tally
}

// layout walks through the message. It tells whether magic, version and sum are right.
func (m *Message) layout(c *fixed.Cursor) bool {
	g, v := uint32(magic), uint16(version)
	c.Uint32(&g)
	c.Uint16(&v)
	s, t := &m.Stream, &m.Tally
	c.Uint32(&t.Number)
	c.Uint32((*uint32)(&s.Pixel))
	c.Uint16(&s.Width)
	c.Uint16(&s.Height)
	ns := uint64(s.Interval)
	c.Uint64(&ns)
	s.Interval = time.Duration(ns)
	c.Uint16((*uint16)(&s.Held))
	c.Uint32(&t.From)
	c.Uint32(&t.To)
	c.Uint32(&t.Cycles)
	c.Uint32(&t.Damaged)
	c.Uint32(&t.Dropped)
	c.Uint32(&t.Lifetime.Worst)
	c.Uint32(&t.Lifetime.P999)
	c.Uint32(&t.Quality)
	for i := range t.Lines {
		c.Uint32(&t.Lines[i].Forward)
		c.Uint32(&t.Lines[i].Backward)
	}
	for i := range t.Zones {
		c.Uint16(&t.Zones[i].Inside)
		c.Uint16(&t.Zones[i].Peak)
	}
	return c.Sum() && g == magic && v == version
}

// Encode lays m out, unchecked: the eye says what it counted, the warden judges.
func Encode(buf *[Size]byte, m *Message) {
	c := fixed.Writing(buf[:])
	m.layout(&c)
}

// Decode reads a message and checks what can be checked without knowing the ones before it.
func Decode(buf *[Size]byte) (Message, error) {
	var m Message
	c := fixed.Reading(buf[:])
	if !m.layout(&c) {
		return Message{}, &Lie{"a tally looks like one", "magic, version or checksum is wrong"}
	}
	if err := m.check(); err != nil {
		return Message{}, err
	}
	// One meaning has one spelling: what is not said by these numbers is not said at all.
	var again [Size]byte
	if Encode(&again, &m); again != *buf {
		return Message{}, m.lie("one meaning, one spelling", "written again it has other bytes")
	}
	return m, nil
}
