// Package handoff is the talk between warden and courier: items one way, receipts and what came from
// outside the other. Everything is bounded and checked at both ends. An item counts as handed over
// only when its receipt is back, which the courier sends after the item is on disk. Nothing in it
// touches frames, tallies or the network.
package handoff

import "errors"

// ErrInvalid is wrapped by errors about what came through a pipe, not about the pipe.
var ErrInvalid = errors.New("handoff: invalid")

// Kind says what the courier says.
type Kind uint8

// The kinds of what the courier says; Inward is one more.
const (
	// Hello comes once when the queue is open; Tail is the newest record ever stored.
	Hello Kind = 1
	// Stored says that the first Upto items since Hello are on disk.
	Stored Kind = 2
	// Held says that the items in hand cannot be stored now, for want of room, and that the
	// courier goes on trying.
	Held Kind = 3
)
