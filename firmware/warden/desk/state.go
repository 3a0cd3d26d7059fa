package desk

import (
	"encoding/binary"
	"fmt"

	"tellijn/counting"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/room"
	"tellijn/privacy/room/message"
)

// State is all that records come from. It is plain data: a copy is changed, stored, and then taken.
type State struct {
	Lines  [counting.MaxLines]release.Line
	zones  [counting.MaxZones]release.Zone
	week   int64  // number of the week whose marks were told last, plus 1
	weekly uint32 // marks since
	tail   record.Hash
	Lost   uint32
	Wait   [2]uint32 // forward and backward of closed intervals that wait for other doors
	Door   room.Door
	Head   room.Head
	// Restored is what waited when the warden before this one ended; it goes into the next release.
	Restored [2]uint32
}

// Configured fits the state to what this device is now. Counts of what it was before stay carried: those
// that a head had booked and not released, and those of lines that lead into a room since. It gives how
// many intervals were given to a head that is no longer named.
func (s *State) Configured(d *Setup) (givenUp int) {
	if d.Post == nil || !d.Post.Head() {
		given := s.Head.Take(0, message.MaxTime, d.Policy.Interval) // all of it is of a time before
		given.Give(&s.Lines[0])
		s.Head = room.Head{}
	}
	if d.Post == nil {
		return 0
	}
	for i := range s.Lines[1:] {
		in, out, _ := s.Lines[i+1].Surrender()
		s.Lines[0].Late(in, out)
	}
	if d.Post.Head() {
		s.Head.Bind(d.Post)
		return 0
	}
	return s.Door.Bind(d.Post)
}

const stateVersion = 1

// Bytes lays the state out: version, numbers, lines, zones, and door and head with their lengths.
func (s *State) Bytes() []byte {
	b := binary.BigEndian.AppendUint64([]byte{stateVersion}, uint64(s.week))
	b = binary.BigEndian.AppendUint32(b, s.weekly)
	b = append(b, s.tail[:]...)
	for _, n := range [...]uint32{s.Lost, s.Wait[0] + s.Restored[0], s.Wait[1] + s.Restored[1]} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	for i := range s.Lines {
		b = append(b, must(s.Lines[i].MarshalBinary())...)
	}
	for i := range s.zones {
		b = append(b, must(s.zones[i].MarshalBinary())...)
	}
	for _, part := range [][]byte{must(s.Door.MarshalBinary()), must(s.Head.MarshalBinary())} {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(part))), part...)
	}
	return b
}

// must is for encoders that say that they do not fail.
func must(b []byte, err error) []byte {
	if err != nil {
		return nil // what is read back is then refused
	}
	return b
}

// fixedSize of the state in bytes, before door and head.
const fixedSize = 1 + 8 + 4 + 32 + 3*4 + counting.MaxLines*release.LineSize + counting.MaxZones*release.ZoneSize

// Read takes what Bytes gave. Errors wrap ErrState.
func (s *State) Read(b []byte) error {
	if len(b) < fixedSize || b[0] != stateVersion {
		return fmt.Errorf("%w: %d bytes, want %d or more of version %d", ErrState, len(b), fixedSize, stateVersion)
	}
	take := func(n int) (part []byte) {
		part, b = b[:n], b[n:]
		return part
	}
	var n State
	take(1)
	n.week = int64(binary.BigEndian.Uint64(take(8)))
	n.weekly = binary.BigEndian.Uint32(take(4))
	copy(n.tail[:], take(32))
	n.Lost = binary.BigEndian.Uint32(take(4))
	n.Restored = [2]uint32{binary.BigEndian.Uint32(take(4)), binary.BigEndian.Uint32(take(4))}
	for i := range n.Lines {
		if err := n.Lines[i].UnmarshalBinary(take(release.LineSize)); err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrState, i, err)
		}
	}
	for i := range n.zones {
		if err := n.zones[i].UnmarshalBinary(take(release.ZoneSize)); err != nil {
			return fmt.Errorf("%w: zone %d: %w", ErrState, i, err)
		}
	}
	for _, part := range []interface{ UnmarshalBinary([]byte) error }{&n.Door, &n.Head} {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
			return fmt.Errorf("%w: cut off", ErrState)
		}
		if err := part.UnmarshalBinary(take(2 + int(binary.BigEndian.Uint16(b)))[2:]); err != nil {
			return fmt.Errorf("%w: %w", ErrState, err)
		}
	}
	if len(b) != 0 || n.week < 0 {
		return fmt.Errorf("%w: %d bytes too many, week %d", ErrState, len(b), n.week)
	}
	*s = n
	return nil
}
