package room

import (
	"encoding/binary"
	"fmt"

	"tellijn/privacy/room/message"
)

// Sizes of the states in bytes, and the version of both.
const (
	version     = 1
	refusedSize = 6 * 4
	doorSize    = 1 + 16 + 2*4 + 8 + 3 + refusedSize // and tallySize for each that is kept
	tallySize   = 8 + 5*4
	headSize    = 1 + 8 + 5*4 + refusedSize + 1 // and peerSize for each door
	peerSize    = 16 + 4 + 8
	MaxState    = doorSize + MaxKept*tallySize // bytes of a state, of either side, at most
)

// MarshalBinary gives the state of the door, at most MaxState bytes. It does not fail.
func (d *Door) MarshalBinary() ([]byte, error) {
	b := append([]byte{version}, d.bond[:]...)
	b = binary.BigEndian.AppendUint32(b, d.made)
	b = binary.BigEndian.AppendUint32(b, d.booked)
	b = binary.BigEndian.AppendUint64(b, uint64(d.at))
	joined := uint8(0)
	if d.joined {
		joined = 1
	}
	b = append(b, d.silent, joined, uint8(d.lost))
	b = d.refused.append(b)
	for i := range d.kept[:d.Kept()] {
		k := &d.kept[i]
		b = binary.BigEndian.AppendUint64(b, uint64(k.from))
		for _, n := range [...]uint32{k.forward, k.backward, k.in, k.out, k.level} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary gave. It refuses everything that no Door can be, and then
// leaves d as it was.
func (d *Door) UnmarshalBinary(b []byte) error {
	if len(b) < doorSize || b[0] != version {
		return fmt.Errorf("%w: state of a door of %d bytes, want %d or more of version %d", ErrDamaged, len(b), doorSize, version)
	}
	r := reader(b[1:])
	var n Door
	copy(n.bond[:], r.next(len(n.bond)))
	n.made, n.booked, n.at = r.four(), r.four(), r.eight()
	flags := r.next(3)
	n.silent, n.joined, n.lost = flags[0], flags[1] == 1, lost(flags[2])
	n.refused.read(&r)
	kept := n.made - n.booked
	switch {
	case n.booked > n.made || kept > MaxKept || len(r) != int(kept)*tallySize:
		return fmt.Errorf("%w: state of a door with tallies %d to %d in %d bytes", ErrDamaged, n.booked+1, n.made, len(r))
	case n.at < 0 || n.at > message.MaxTime || n.silent > Patience || flags[1] > 1 || n.lost > door:
		return fmt.Errorf("%w: state of a door with receipt of %d, flags %d", ErrDamaged, n.at, flags)
	case n.bond == message.Bond{} && (n.made > 0 || n.joined || n.lost != nobody):
		return fmt.Errorf("%w: state of a door with tallies, but without a room", ErrDamaged)
	}
	for i := range n.kept[:kept] {
		k := &n.kept[i]
		if k.from = r.eight(); k.from < 0 || k.from > message.MaxTime {
			return fmt.Errorf("%w: state of a door with a tally from %d", ErrDamaged, k.from)
		}
		k.forward, k.backward, k.in, k.out, k.level = r.four(), r.four(), r.four(), r.four(), r.four()
	}
	*d = n
	return nil
}

// MarshalBinary gives the state of the head, at most MaxState bytes. It does not fail.
func (h *Head) MarshalBinary() ([]byte, error) {
	b := binary.BigEndian.AppendUint64([]byte{version}, uint64(h.at))
	for _, n := range [...]uint32{h.sum.Forward, h.sum.Backward, h.sum.In, h.sum.Out, h.sum.Level} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = append(h.refused.append(b), uint8(h.doors))
	for i := range h.peers[:h.doors] {
		p := &h.peers[i]
		b = binary.BigEndian.AppendUint32(append(b, p.bond[:]...), p.last)
		b = binary.BigEndian.AppendUint64(b, uint64(p.from))
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary gave. It refuses everything that no Head can be, and then
// leaves h as it was. What came early is not in it: the doors have it still.
func (h *Head) UnmarshalBinary(b []byte) error {
	if len(b) < headSize || b[0] != version {
		return fmt.Errorf("%w: state of a head of %d bytes, want %d or more of version %d", ErrDamaged, len(b), headSize, version)
	}
	r := reader(b[1:])
	var n Head
	n.at = r.eight()
	for _, f := range [...]*uint32{&n.sum.Forward, &n.sum.Backward, &n.sum.In, &n.sum.Out, &n.sum.Level} {
		*f = r.four()
	}
	n.refused.read(&r)
	n.doors = int(r.next(1)[0])
	if n.doors >= MaxDoors || len(r) != n.doors*peerSize || n.at < 0 || n.at > message.MaxTime {
		return fmt.Errorf("%w: state of a head of %d doors in %d bytes, receipts of %d", ErrDamaged, n.doors, len(r), n.at)
	}
	for i := range n.peers[:n.doors] {
		var bond message.Bond
		copy(bond[:], r.next(len(bond)))
		if bond == (message.Bond{}) || (&Head{doors: i, peers: n.peers}).peer(bond) != nil {
			return fmt.Errorf("%w: state of a head with door %x twice or unset", ErrDamaged, bond)
		}
		p := peer{bond: bond, last: r.four(), from: r.eight()}
		if p.from < 0 || p.from > message.MaxTime {
			return fmt.Errorf("%w: state of a head with a tally from %d", ErrDamaged, p.from)
		}
		n.peers[i] = p
	}
	*h = n
	return nil
}

func (r *Refused) append(b []byte) []byte {
	for _, n := range r.all() {
		b = binary.BigEndian.AppendUint32(b, *n)
	}
	return b
}

func (r *Refused) read(from *reader) {
	for _, n := range r.all() {
		*n = from.four()
	}
}

// reader takes fixed sizes off a state whose length was checked.
type reader []byte

func (r *reader) next(n int) []byte {
	b := (*r)[:n]
	*r = (*r)[n:]
	return b
}

func (r *reader) four() uint32 { return binary.BigEndian.Uint32(r.next(4)) }
func (r *reader) eight() int64 { return int64(binary.BigEndian.Uint64(r.next(8))) }
