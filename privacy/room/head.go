package room

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"tellijn/privacy/room/message"
)

// lastAt bounds the clock of the head in receipts, in Unix seconds (the year 2200): above it, receipts
// only count on, so that no jump of a clock uses up the numbers.
const lastAt = 7_258_118_400

// Head is the side of the head: it books the tallies of the other doors in order and sums them for
// the next release. What the head counts itself is added to the sum by the caller. It is plain data:
// copy it, commit it with MarshalBinary in one transaction with the release. The zero value is a head
// without doors, until Bind. Not safe for use by several goroutines.
type Head struct {
	at    int64 // of the newest receipts
	doors int
	peers [MaxDoors]peer
	sum   sum // booked since the last Take

	refused Refused
}

// peer is what the head knows of a door.
type peer struct {
	bond message.Bond
	last uint32 // last number that is booked
	from int64  // newest interval that is booked, Unix seconds

	// What came before its turn. It does not outlive a boot: the door has it until it is booked.
	early [MaxEarly]message.Tally // N is 0 where there is none
}

// Bind ties the head to the room. A door that is new, or has another key than before, begins with
// number 1; one that is gone is forgotten, but not what it gave. Commit after it when it tells a change.
func (h *Head) Bind(p *Post) (changed bool) {
	var peers [MaxDoors]peer
	doors := 0
	for _, m := range p.members.Doors {
		if m.Device == p.self.Device {
			continue
		}
		next := peer{bond: p.members.bond(m)}
		if old := h.peer(next.bond); old != nil {
			next = *old
		}
		changed = changed || h.peers[doors].bond != next.bond
		peers[doors] = next
		doors++
	}
	changed = changed || doors != h.doors
	h.peers, h.doors = peers, doors
	return changed
}

func (h *Head) peer(b message.Bond) *peer {
	for i := range h.peers[:h.doors] {
		if h.peers[i].bond == b {
			return &h.peers[i]
		}
	}
	return nil
}

// Receive takes a tally of a door. booked is how many were booked by it: none when it came before its
// turn, several when others had waited for it. An error says why it was not taken, and is counted.
func (h *Head) Receive(p *Post, b []byte) (booked int, err error) {
	t, err := p.openTally(b)
	if err == nil {
		booked, err = h.take(t)
	}
	return booked, h.refused.count(err)
}

// take books a tally whose signature holds.
func (h *Head) take(t message.Tally) (booked int, err error) {
	d := h.peer(t.Bond)
	switch {
	case d == nil:
		return 0, fmt.Errorf("%w: tally of %q before Bind", ErrMisrouted, t.Door)
	case t.N <= d.last:
		return 0, fmt.Errorf("%w: tally %d of %q, %d is booked", ErrOld, t.N, t.Door, d.last)
	case t.N-d.last > MaxKept:
		return 0, fmt.Errorf("%w: tally %d of %q, but %d was the last and a door keeps %d; renew the key of the head",
			ErrLost, t.N, t.Door, d.last, MaxKept)
	case t.N > d.last+1:
		return 0, d.wait(t)
	case !h.sum.add(t):
		return 0, fmt.Errorf("%w: tally %d of %q does not fit into the sum before the next release", ErrFull, t.N, t.Door)
	}
	d.book(t)
	for booked = 1; ; booked++ {
		next := d.place(d.last + 1)
		if next == nil || next.N == 0 || !h.sum.add(*next) {
			return booked, nil
		}
		d.book(*next)
	}
}

func (d *peer) book(t message.Tally) {
	d.last, d.from = t.N, max(d.from, t.From)
	// One that waited for a place in the sum may come again by itself.
	if waiting := d.place(t.N); waiting != nil {
		*waiting = message.Tally{}
	}
}

// place finds the early tally with number n, or with 0 a free place.
func (d *peer) place(n uint32) *message.Tally {
	for i := range d.early {
		if d.early[i].N == n {
			return &d.early[i]
		}
	}
	return nil
}

func (d *peer) wait(t message.Tally) error {
	if d.place(t.N) != nil {
		return fmt.Errorf("%w: tally %d of %q waits already", ErrOld, t.N, t.Door)
	}
	free := d.place(0)
	if free == nil {
		return fmt.Errorf("%w: tally %d of %q, %d wait for number %d", ErrFull, t.N, t.Door, MaxEarly, d.last+1)
	}
	*free = t
	return nil
}

// Receipts gives one envelope for each other door, whether anything is new for it or not. at is the
// head's clock in Unix seconds. Call it in the transaction that commits Head, send after that.
func (h *Head) Receipts(p *Post, at int64) (envelopes [][]byte, err error) {
	h.at = max(h.at+1, min(at, lastAt))
	for _, m := range p.members.Doors {
		d := h.peer(p.members.bond(m))
		if m.Device == p.self.Device || d == nil {
			continue
		}
		b, err := p.sealReceipt(m, d.last, h.at)
		if err != nil {
			return nil, fmt.Errorf("room: receipt for %q: %w", m.Device, err)
		}
		envelopes = append(envelopes, b)
	}
	return envelopes, nil
}

// Booked gives the last number that is booked of a door, and whether it is one of the room's.
func (h *Head) Booked(p *Post, device string) (n uint32, ok bool) {
	m, ok := p.members.find(device)
	if d := h.peer(p.members.bond(m)); ok && d != nil {
		return d.last, true
	}
	return 0, false
}

// Refused gives the counts of envelopes that were not taken.
func (h *Head) Refused() Refused { return h.refused }

// MarshalBinary gives the state of the head, at most MaxState bytes. It does not fail.
func (h *Head) MarshalBinary() ([]byte, error) {
	b := binary.BigEndian.AppendUint64([]byte{version}, uint64(h.at))
	b = append(h.refused.append(b), uint8(h.doors), 0)
	parts := &b[len(b)-1]
	for i := range h.sum {
		if !h.sum[i].free() {
			*parts++
		}
	}
	for i := range h.peers[:h.doors] {
		p := &h.peers[i]
		b = binary.BigEndian.AppendUint32(append(b, p.bond[:]...), p.last)
		b = binary.BigEndian.AppendUint64(b, uint64(p.from))
	}
	for i := range h.sum {
		if !h.sum[i].free() {
			b = h.sum[i].append(b)
		}
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
	n.refused.read(&r)
	n.doors = int(r.next(1)[0])
	parts := int(r.next(1)[0])
	if n.doors >= MaxDoors || parts > len(n.sum) || len(r) != n.doors*peerSize+parts*tallySize || n.at < 0 || n.at > message.MaxTime {
		return fmt.Errorf("%w: state of a head of %d doors and %d intervals in %d bytes, receipts of %d",
			ErrDamaged, n.doors, parts, len(r), n.at)
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
	for range parts {
		var t tally
		whole := t.read(&r) && !t.free() && n.sum.add(message.Tally{From: t.from, Forward: t.forward,
			Backward: t.backward, In: t.in, Out: t.out, Level: t.level})
		if !whole {
			return fmt.Errorf("%w: state of a head with a sum of %+v", ErrDamaged, t)
		}
	}
	if again, _ := n.MarshalBinary(); !bytes.Equal(b, again) {
		return fmt.Errorf("%w: state of a head in another form", ErrDamaged)
	}
	*h = n
	return nil
}
