package inject

import "tellijn/boards/card"

// approval puts the approval on the card, and says in words what is wrong with it: the device will be the
// judge of that, and an installer without one still has to be able to hang it up.
func (d *Device) approval(in *Input) {
	if in.Approval != nil {
		d.put(card.Approval, in.Approval)
	}
}
