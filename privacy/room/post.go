package room

import (
	"errors"
	"fmt"

	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

// Post is one device of a room with its keys: it signs, seals, opens and checks.
type Post struct {
	members Members
	self    Member
	sign    sign.Key
	seal    seal.Key
}

// NewPost checks m, and that the keys are the ones that m has for self.
func NewPost(m Members, self string, signing sign.Key, sealing seal.Key) (*Post, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	own, ok := m.find(self)
	if !ok {
		return nil, fmt.Errorf("%w: this device, %q, is none of the doors of %q", ErrMembers, self, m.Room)
	}
	if own.Sign != signing.Public() || own.Seal != sealing.Public() {
		return nil, fmt.Errorf("%w: %q has other keys than this device; want what warden -identity prints here", ErrMembers, self)
	}
	m.Doors = append([]Member(nil), m.Doors...)
	return &Post{members: m, self: own, sign: signing, seal: sealing}, nil
}

// Head tells whether this device is the head of the room. Then it uses a Head, else a Door.
func (p *Post) Head() bool { return p.self.Device == p.members.Head }

// Doors gives the number of doors of the room, with the head.
func (p *Post) Doors() int { return len(p.members.Doors) }

// sealTally makes an envelope of t, of which Room, Door and Bond need not be set. All envelopes of
// one device have the same size but for the bytes of their number.
func (p *Post) sealTally(t message.Tally) ([]byte, error) {
	t.Room, t.Door, t.Bond = p.members.Room, p.self.Device, p.members.bond(p.self)
	payload, err := t.Encode()
	if err != nil {
		return nil, err
	}
	signed, err := p.sign.Sign(sign.Door, payload)
	if err != nil {
		return nil, err
	}
	e := envelope.Envelope{Header: envelope.Header{Room: t.Room, From: t.Door, To: p.members.Head, Kind: envelope.Tally, N: t.N}}
	info, err := e.Header.Encode()
	if err != nil {
		return nil, err
	}
	head, _ := p.members.find(p.members.Head)
	if e.Body, err = seal.Seal(head.Seal, info, signed); err != nil {
		return nil, err
	}
	return e.Encode()
}

// openTally takes an envelope to this head apart and believes only what is proved.
func (p *Post) openTally(b []byte) (message.Tally, error) {
	e, from, err := p.open(b, envelope.Tally)
	if err != nil {
		return message.Tally{}, err
	}
	info, err := e.Header.Encode()
	if err != nil {
		return message.Tally{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	signed, err := seal.Open(p.seal, info, e.Body)
	if err != nil {
		return message.Tally{}, fmt.Errorf("%w: tally of %q: %w", ErrForged, e.From, err)
	}
	payload, err := sign.Open(sign.Door, from.Sign, signed)
	if err != nil {
		return message.Tally{}, fmt.Errorf("%w: tally of %q: %w", ErrForged, e.From, err)
	}
	t, err := message.DecodeTally(payload)
	if err != nil {
		return message.Tally{}, fmt.Errorf("%w: tally of %q: %w", ErrForged, e.From, err)
	}
	if t.Room != e.Room || t.Door != e.From || t.N != e.N {
		return message.Tally{}, fmt.Errorf("%w: tally %d of %q in %q, in an envelope that says %d of %q in %q",
			ErrForged, t.N, t.Door, t.Room, e.N, e.From, e.Room)
	}
	if t.Bond != p.members.bond(from) {
		return message.Tally{}, fmt.Errorf("%w: tally %d of %q belongs to other keys; want the same configuration on all doors", ErrMisrouted, t.N, t.Door)
	}
	return t, nil
}

// sealReceipt makes an envelope of a receipt for one door.
func (p *Post) sealReceipt(door Member, n uint32, at int64) ([]byte, error) {
	r := message.Receipt{Room: p.members.Room, Head: p.self.Device, Door: door.Device, Bond: p.members.bond(door), N: n, At: at}
	payload, err := r.Encode()
	if err != nil {
		return nil, err
	}
	e := envelope.Envelope{Header: envelope.Header{Room: r.Room, From: r.Head, To: r.Door, Kind: envelope.Receipt, N: n}}
	if e.Body, err = p.sign.Sign(sign.Booked, payload); err != nil {
		return nil, err
	}
	return e.Encode()
}

// openReceipt takes an envelope to this door apart and believes only what is proved. Whether its Bond
// is that of the numbering is for Door to say.
func (p *Post) openReceipt(b []byte) (message.Receipt, error) {
	e, from, err := p.open(b, envelope.Receipt)
	if err != nil {
		return message.Receipt{}, err
	}
	if e.From != p.members.Head {
		return message.Receipt{}, fmt.Errorf("%w: receipt of %q, want %q", ErrMisrouted, e.From, p.members.Head)
	}
	payload, err := sign.Open(sign.Booked, from.Sign, e.Body)
	if err != nil {
		return message.Receipt{}, fmt.Errorf("%w: receipt of %q: %w", ErrForged, e.From, err)
	}
	r, err := message.DecodeReceipt(payload)
	if err != nil {
		return message.Receipt{}, fmt.Errorf("%w: receipt of %q: %w", ErrForged, e.From, err)
	}
	if r.Room != e.Room || r.Head != e.From || r.Door != e.To || r.N != e.N {
		return message.Receipt{}, fmt.Errorf("%w: receipt %d of %q for %q in %q, in an envelope that says %d of %q for %q in %q",
			ErrForged, r.N, r.Head, r.Door, r.Room, e.N, e.From, e.To, e.Room)
	}
	return r, nil
}

// open reads an envelope for this device and finds who claims to have sent it.
func (p *Post) open(b []byte, kind envelope.Kind) (envelope.Envelope, Member, error) {
	e, err := envelope.Decode(b)
	if err != nil {
		return e, Member{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	from, ok := p.members.find(e.From)
	if !ok || e.Room != p.members.Room || e.To != p.self.Device || e.Kind != kind {
		return e, Member{}, fmt.Errorf("%w: kind %d in %q from %q to %q, want kind %d in %q from a member to %q",
			ErrMisrouted, e.Kind, e.Room, e.From, e.To, kind, p.members.Room, p.self.Device)
	}
	return e, from, nil
}

// Alarming tells whether an error of Receive is one that somebody should look at: what an honest
// network can do by itself, such as delivering twice or late, is not.
func Alarming(err error) bool {
	return errors.Is(err, ErrForged) || errors.Is(err, ErrLost) || errors.Is(err, ErrMisrouted)
}
