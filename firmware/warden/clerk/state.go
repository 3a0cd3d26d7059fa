package clerk

import (
	"encoding/binary"
	"fmt"
	"time"

	"tellijn/counting"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/room"
)

// Names in the ledger.
const (
	stateName = "release" // all that records come from
	openName  = "open"    // exact counts of the open interval
	timeName  = "time"    // floor of the clock
)

// state is all that records come from. It is plain data: a copy is changed, stored, and then taken.
type state struct {
	lines  [counting.MaxLines]release.Line
	zones  [counting.MaxZones]release.Zone
	week   int64  // number of the week whose marks were told last, plus 1
	weekly uint32 // marks since
	tail   record.Hash
	lost   uint32
	wait   [2]uint32 // forward and backward of closed intervals that wait for other doors
	door   room.Door
	head   room.Head
	// restored is what waited when the warden before this one ended; it goes into the next release.
	restored [2]uint32
}

const stateVersion = 1

// bytes lays the state out: version, numbers, lines, zones, and door and head with their lengths.
func (s *state) bytes() []byte {
	b := binary.BigEndian.AppendUint64([]byte{stateVersion}, uint64(s.week))
	b = binary.BigEndian.AppendUint32(b, s.weekly)
	b = append(b, s.tail[:]...)
	for _, n := range [...]uint32{s.lost, s.wait[0] + s.restored[0], s.wait[1] + s.restored[1]} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	for i := range s.lines {
		b = append(b, must(s.lines[i].MarshalBinary())...)
	}
	for i := range s.zones {
		b = append(b, must(s.zones[i].MarshalBinary())...)
	}
	for _, part := range [][]byte{must(s.door.MarshalBinary()), must(s.head.MarshalBinary())} {
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

// read takes what bytes gave.
func (s *state) read(b []byte) error {
	if len(b) < fixedSize || b[0] != stateVersion {
		return fmt.Errorf("%w: %d bytes, want %d or more of version %d", ErrState, len(b), fixedSize, stateVersion)
	}
	take := func(n int) (part []byte) {
		part, b = b[:n], b[n:]
		return part
	}
	var n state
	take(1)
	n.week = int64(binary.BigEndian.Uint64(take(8)))
	n.weekly = binary.BigEndian.Uint32(take(4))
	copy(n.tail[:], take(32))
	n.lost = binary.BigEndian.Uint32(take(4))
	n.restored = [2]uint32{binary.BigEndian.Uint32(take(4)), binary.BigEndian.Uint32(take(4))}
	for i := range n.lines {
		if err := n.lines[i].UnmarshalBinary(take(release.LineSize)); err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrState, i, err)
		}
	}
	for i := range n.zones {
		if err := n.zones[i].UnmarshalBinary(take(release.ZoneSize)); err != nil {
			return fmt.Errorf("%w: zone %d: %w", ErrState, i, err)
		}
	}
	for _, part := range []interface{ UnmarshalBinary([]byte) error }{&n.door, &n.head} {
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

// floor is what the clock may never go behind, Unix seconds.
func floor(at Stamp) []byte { return binary.BigEndian.AppendUint64(nil, uint64(at.Now.Unix())) }

// Floor gives what the clock may never go behind, as the ledger has it; zero if it has none.
func Floor(l *ledger.Ledger) (t time.Time) {
	_ = l.View(func(tx *ledger.Tx) error {
		if b, ok := tx.Get(timeName); ok && len(b) == 8 {
			t = time.Unix(int64(binary.BigEndian.Uint64(b)), 0).UTC()
		}
		return nil
	})
	return t
}
