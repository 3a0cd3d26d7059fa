// Package room adds up the doors of one room that hang on different devices, so that small counts are
// held back for the room as a whole and not for each door (privacy/release). Each door sends its
// tallies to the head of the room, sealed; the head answers with signed receipts. It opens no
// connection, reads no clock and keeps no file: envelopes come in and go out as bytes, and the state
// of Door and Head is plain data that the warden commits in the same transaction as the release.
//
// Where a count goes is decided before anything is sent. When a door closes an interval, it is
// either numbered and given to the head, kept until the head's receipt covers the number and never
// released by the door; or the door is alone and releases it by itself, and never sends it. The head
// books numbers strictly in order and keeps the last one with its release state. So no interval is
// released twice and none is lost, whatever happens on the way. The rule for the caller is: commit,
// then send. Nothing of Send, and no receipt, may leave before the state that made it is durable.
//
// What a broker (or whoever passes envelopes on) can do: withhold them, in either direction, for as
// long as it likes, and so make doors release alone, which holds small counts back less well, and is
// marked in their records; see which devices talk, when, and how many intervals there were; see that a
// door is alone. What it cannot: read a count, make or change a tally or a receipt, have an interval
// counted twice or not at all, or learn from size or number of the envelopes whether people passed.
//
// A head that lost its state (another card) has another key, or an older state of the same. With
// another key its receipts prove nothing to the doors, which are alone until their configuration names
// the new key; then all numbers begin anew (Bond). With an older state its receipts are newer but
// their number is smaller than one before: the door says Lost and stays alone, until the head's last
// number is past its own or a key is changed. A door that lost its state says Lost by a receipt for
// more than it ever made. What nobody can see is a state that was put back by less than what was still
// on the way, or a room that was given keys which it had before: then old envelopes could count again.
// So a ledger is not for copying, and keys are renewed, never put back.
package room

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"tellijn/privacy/coding"
	"tellijn/privacy/room/message"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

// Bounds.
const (
	MaxDoors = 16 // of a room, with the head
	Patience = 2  // intervals that a door goes on giving to a head from which nothing new comes
	MaxKept  = 64 // tallies that a door keeps without a receipt; then it is alone, and drops none. 28 bytes each
	MaxEarly = 8  // tallies of one door that came before their turn; the door still has them all
	Burst    = 8  // envelopes that a door sends at once
)

// Wait is for how long after the end of an interval the head waits for tallies before it releases.
// What comes later counts in the next interval.
func Wait(interval time.Duration) time.Duration { return interval / 5 }

// Errors of Check, NewPost, Receive and UnmarshalBinary.
var (
	ErrMembers   = errors.New("room: members")    // the configuration cannot be
	ErrDamaged   = errors.New("room: damaged")    // no envelope, or no state
	ErrMisrouted = errors.New("room: misrouted")  // for another room, another device, or of no member
	ErrForged    = errors.New("room: forged")     // a seal or signature does not hold, or the body is not what the header says
	ErrOld       = errors.New("room: old")        // known already; nothing is wrong
	ErrFull      = errors.New("room: full")       // no place to keep it; it will come again
	ErrLost      = errors.New("room: state lost") // the other end has another memory of the numbers
)

// Member is one device of a room, with its public keys.
type Member struct {
	Device string
	Sign   sign.Public
	Seal   seal.Public
}

// Members is a room as it is configured. The head is one of Doors, also where it counts nothing.
type Members struct {
	Room, Head string
	Doors      []Member // 1 to MaxDoors
}

// Check tells the first thing that is wrong with m.
func (m *Members) Check() error {
	if !coding.ValidName(m.Room) {
		return fmt.Errorf("%w: room %q, want 1 to 32 of a-z, 0-9 and hyphen", ErrMembers, m.Room)
	}
	if len(m.Doors) < 1 || len(m.Doors) > MaxDoors {
		return fmt.Errorf("%w: %d doors, want 1 to %d", ErrMembers, len(m.Doors), MaxDoors)
	}
	for i, d := range m.Doors {
		if !coding.ValidName(d.Device) {
			return fmt.Errorf("%w: device %q, want 1 to 32 of a-z, 0-9 and hyphen", ErrMembers, d.Device)
		}
		if d.Sign == (sign.Public{}) || d.Seal == (seal.Public{}) {
			return fmt.Errorf("%w: device %q has a key of zeros; want what warden -identity prints there", ErrMembers, d.Device)
		}
		for _, o := range m.Doors[:i] {
			if o.Device == d.Device || o.Sign == d.Sign || o.Seal == d.Seal {
				return fmt.Errorf("%w: devices %q and %q share a name or a key", ErrMembers, o.Device, d.Device)
			}
		}
	}
	if _, ok := m.find(m.Head); !ok {
		return fmt.Errorf("%w: head %q is none of the doors", ErrMembers, m.Head)
	}
	return nil
}

func (m *Members) find(device string) (Member, bool) {
	for _, d := range m.Doors {
		if d.Device == device {
			return d, true
		}
	}
	return Member{}, false
}

// bond gives what a numbering between this door and the head belongs to. message.cddl describes it.
func (m *Members) bond(door Member) message.Bond {
	head, _ := m.find(m.Head)
	b := []byte("tellijn room 1")
	for _, s := range [...]string{m.Room, head.Device, string(head.Sign[:]), door.Device, string(door.Sign[:])} {
		b = append(append(b, byte(len(s))), s...)
	}
	sum := sha256.Sum256(b)
	return message.Bond(sum[:len(message.Bond{})])
}

// Refused counts what was not taken, by reason. Old is what an honest network does too. It is for the
// device log; a number that reached its end stays there.
type Refused struct{ Damaged, Misrouted, Forged, Old, Full, Lost uint32 }

func (r *Refused) all() [6]*uint32 {
	return [6]*uint32{&r.Damaged, &r.Misrouted, &r.Forged, &r.Old, &r.Full, &r.Lost}
}

// count books err by its reason and gives it back.
func (r *Refused) count(err error) error {
	for i, reason := range [...]error{ErrDamaged, ErrMisrouted, ErrForged, ErrOld, ErrFull, ErrLost} {
		if n := r.all()[i]; errors.Is(err, reason) && *n+1 != 0 {
			*n++
		}
	}
	return err
}
