package inject

import (
	"tellijn/boards/card"
	"tellijn/firmware/warden/gate"
	"tellijn/privacy/approval"
)

// approval puts the approval on the card, and says in words what is wrong with it. It is no reason to stop:
// the device judges it anew each time, and one that begins tomorrow is put on the card today.
func (d *Device) approval(in *Input) {
	if in.Approval != nil {
		d.put(card.Approval, in.Approval)
	}
	s, err := gate.Of(&d.Board, in.Approval)
	if err != nil {
		d.doubt("its camera will get no power: %v", err)
		return
	}
	switch r, _, test := gate.New(s).Approval(in.Now, true); {
	case r == approval.Missing && d.Board.Kind.Pretended(): // it carries one for tests
	case r != approval.Valid:
		d.doubt("its camera will get no power: %s; hint: %s", r, r.Hint())
	case test:
		d.doubt("the approval is one for tests")
	}
}
