package release

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// LineSize and ZoneSize are the sizes of a state on disk, bytes.
const (
	LineSize = 2 + 12*8 + 2*quarters
	ZoneSize = 1 + 2
)

const (
	version   = 1
	flagDoor  = 1 << 0
	flagRaise = 1 << 1
	maxInside = 1 << 56 // of level and imbalance; more than can come of counts that are carried
)

// ErrState is what the errors of UnmarshalBinary wrap.
var ErrState = errors.New("release: state refused")

// fields are the numbers of a line in their order on disk.
func (s *Line) fields() [12]*int64 {
	return [...]*int64{&s.in, &s.out, &s.level, &s.shown, &s.imbalance, &s.until, &s.opened, &s.paired, &s.totalIn, &s.totalOut, &s.adopted, &s.owed}
}

// MarshalBinary gives LineSize bytes, whatever was counted. It never fails.
func (s *Line) MarshalBinary() ([]byte, error) {
	b := append(make([]byte, 0, LineSize), version, 0)
	if s.door {
		b[1] |= flagDoor
	}
	if s.raised {
		b[1] |= flagRaise
	}
	for _, f := range s.fields() {
		b = binary.BigEndian.AppendUint64(b, uint64(*f))
	}
	for _, c := range s.history {
		b = binary.BigEndian.AppendUint16(b, c)
	}
	return b, nil
}

// UnmarshalBinary takes a state that MarshalBinary gave. A state that no line can have is refused
// with an error that wraps ErrState, and s stays as it was.
func (s *Line) UnmarshalBinary(b []byte) error {
	if len(b) != LineSize || b[0] != version || b[1]&^(flagDoor|flagRaise) != 0 {
		return fmt.Errorf("%w: %d bytes, want %d of version %d", ErrState, len(b), LineSize, version)
	}
	var n Line
	n.door, n.raised = b[1]&flagDoor != 0, b[1]&flagRaise != 0
	for i, f := range n.fields() {
		*f = int64(binary.BigEndian.Uint64(b[2+8*i:]))
	}
	for i := range n.history {
		n.history[i] = binary.BigEndian.Uint16(b[LineSize-2*quarters+2*i:])
	}
	if err := n.check(); err != nil {
		return err
	}
	*s = n
	return nil
}

// check tells whether a line can be in this state.
func (s *Line) check() error {
	lowest := int64(0)
	if s.door {
		lowest = -maxField
	}
	bounds := [...]struct{ from, to int64 }{
		{0, maxCarry}, {0, maxCarry}, {-maxInside, maxInside}, {lowest, maxField}, {-maxInside, maxInside},
		{0, (maxDay + 2) * dayMinutes}, {0, maxDay + 1}, {0, maxDay/week + 1}, {0, maxTotal}, {0, maxTotal},
		{0, maxField}, {0, maxField},
	}
	for i, f := range s.fields() {
		if *f < bounds[i].from || *f > bounds[i].to {
			return fmt.Errorf("%w: number %d is %d, want %d to %d", ErrState, i, *f, bounds[i].from, bounds[i].to)
		}
	}
	if s.in-s.out != s.level-s.shown+s.imbalance {
		return fmt.Errorf("%w: carried %d and %d, but level %d, published level %d, imbalance %d",
			ErrState, s.in, s.out, s.level, s.shown, s.imbalance)
	}
	if day := s.until / dayMinutes; s.opened > day+1 || s.paired > day/week+1 {
		return fmt.Errorf("%w: opened on day %d and paired in week %d, but it is day %d", ErrState, s.opened, s.paired, day)
	}
	return nil
}
