package room

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"tellijn/privacy/room/message"
)

// longest is the longest time between two sendings of the same tally. A relay holds it for a week.
const longest = 24 * time.Hour

// Door is the side of a door that is not the head: it decides where each interval goes, and keeps
// what the head has not booked. It is plain data: copy it, commit it with MarshalBinary. The zero
// value is a door without a room, until Bind. Not safe for use by several goroutines.
type Door struct {
	bond   message.Bond
	made   uint32 // number of the last tally
	booked uint32 // last number that a receipt covered
	at     int64  // newest receipt, by the clock of the head
	silent uint8  // intervals that were closed since anything new was booked, while something was kept
	joined bool   // the head has what this door carried and showed of its own
	lost   lost
	kept   [MaxKept]tally // numbers booked+1 to made

	refused Refused

	// What follows does not outlive a boot; then all that is kept is sent once more.
	sent uint32        // highest number that was sent
	next time.Duration // uptime from which on all that is kept is sent again
	wait time.Duration // the wait that ended, or will end, there
	news bool          // something was booked since the last Close
}

// lost says whose memory of the numbers is the older one.
type lost uint8

const (
	nobody lost = iota
	head        // it may come to itself
	door        // only another key helps: a number of its own may be booked already
)

// Bind ties the door to the room. When the room, its head or a key is another one than before, all
// numbers begin anew, and Bind gives how many kept tallies were given up: nobody can say whether the
// old head released them. Commit after it, and say it in the device log if it is not zero.
func (d *Door) Bind(p *Post) (givenUp int) {
	bond := p.members.bond(p.self)
	if d.bond == bond {
		return 0
	}
	givenUp = d.Kept()
	*d = Door{bond: bond, refused: d.refused}
	return givenUp
}

// Close decides where the interval that began at from (Unix seconds) goes. With toHead, it was
// numbered and is kept for the head, and the door must not release it: it makes a Step with zeros, as
// a Member. Without, the door releases it by itself (Alone) and this package forgets it. surrender is
// called only when the head takes over what the door carried and showed of its own, which is with the
// first tally after being alone: it is release.Line.Surrender. Commit Door and Line together.
func (d *Door) Close(from int64, forward, backward uint32, surrender func() (in, out, level uint32)) (toHead bool) {
	switch {
	case d.news || d.Kept() == 0:
		d.silent = 0
	case d.silent < Patience:
		d.silent++
	}
	d.news = false
	if d.Alone() || forward > message.MaxCount || backward > message.MaxCount || from < 0 || from > message.MaxTime {
		d.joined = false
		return false
	}
	t := tally{from: from, forward: forward, backward: backward}
	if !d.joined {
		t.in, t.out, t.level = surrender()
		d.joined = true
	}
	d.kept[d.Kept()] = t
	d.made++
	return true
}

// Alone tells whether the door has no head to give to as things are: none is configured, nothing new
// was booked for Patience intervals, too much is kept, or the numbers do not fit.
func (d *Door) Alone() bool {
	return d.bond == message.Bond{} || d.lost != nobody || d.silent >= Patience || d.Kept() == MaxKept || d.made == math.MaxUint32
}

// Lost tells whether the head and this door have different memories of the numbers; see the package.
func (d *Door) Lost() bool { return d.lost != nobody }

// Kept gives the number of tallies that no receipt covers yet.
func (d *Door) Kept() int { return int(d.made - d.booked) }

// Numbers gives the number of the last tally, and the last that is known to be booked.
func (d *Door) Numbers() (made, booked uint32) { return d.made, d.booked }

// Refused gives the counts of envelopes that were not taken.
func (d *Door) Refused() Refused { return d.refused }

// Send gives the envelopes that are due, at most Burst, oldest first: what was never sent since the
// boot, and now and then all that is kept, after one interval, two, four, and at last each day.
// uptime is the time since the boot. The state must be durable before they leave.
func (d *Door) Send(p *Post, uptime, interval time.Duration) (envelopes [][]byte, err error) {
	first := d.booked + 1
	again := uptime >= d.next
	if !again {
		first = max(first, d.sent+1)
	}
	for n := first; n-d.booked <= uint32(d.Kept()) && len(envelopes) < Burst; n++ {
		k := &d.kept[n-d.booked-1]
		b, err := p.sealTally(message.Tally{N: n, From: k.from, Forward: k.forward, Backward: k.backward,
			In: k.in, Out: k.out, Level: k.level})
		if err != nil {
			return nil, fmt.Errorf("room: tally %d: %w", n, err)
		}
		envelopes = append(envelopes, b)
		d.sent = max(d.sent, n)
	}
	if again && len(envelopes) > 0 {
		d.wait = min(max(2*d.wait, interval), longest)
		d.next = uptime + d.wait
	}
	return envelopes, nil
}

// Receive takes a receipt of the head. news tells that it covers more than the one before, so that
// there is something to commit; so there is when Lost changed. An error says why nothing was taken, and
// is counted.
func (d *Door) Receive(p *Post, b []byte) (news bool, err error) {
	r, err := p.openReceipt(b)
	if err == nil {
		news, err = d.take(r)
	}
	return news, d.refused.count(err)
}

// take books a receipt whose signature holds. Number and time of a head's receipts only ever rise
// together, so one that is newer by its time and older by its number is of a head with another memory.
func (d *Door) take(r message.Receipt) (news bool, err error) {
	switch {
	case r.Bond != d.bond:
		return false, fmt.Errorf("%w: receipt %d belongs to other keys; want the same configuration on all doors", ErrMisrouted, r.N)
	case r.N > d.made || d.lost == door:
		d.lost = door
		return false, fmt.Errorf("%w: receipt for tally %d, but this door made %d; renew the key of this door", ErrLost, r.N, d.made)
	case r.N > d.booked:
		n := r.N - d.booked
		copy(d.kept[:], d.kept[n:d.Kept()])
		clear(d.kept[d.Kept()-int(n) : d.Kept()])
		d.booked, d.at, d.silent, d.news = r.N, max(d.at, r.At), 0, true
		d.lost, d.next, d.wait = nobody, 0, 0
		return true, nil
	case r.At > d.at && r.N < d.booked:
		d.lost = head
		return false, fmt.Errorf("%w: the head has booked %d, but it had booked %d; renew the key of the head", ErrLost, r.N, d.booked)
	case r.At > d.at:
		d.at = r.At
		return false, nil
	}
	return false, fmt.Errorf("%w: receipt %d, %d is known", ErrOld, r.N, d.booked)
}

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
		b = d.kept[i].append(b)
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
		if !n.kept[i].read(&r) {
			return fmt.Errorf("%w: state of a door with a tally of %+v", ErrDamaged, n.kept[i])
		}
	}
	*d = n
	return nil
}
