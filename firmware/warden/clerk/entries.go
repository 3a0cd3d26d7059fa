package clerk

import (
	"tellijn/firmware/warden/event"
	"tellijn/firmware/warden/ledger"
)

type entries struct{ head ledger.LogHead }

// Enter enters an event into the log of the device.
func (c *Clerk) Enter(e event.Event, sum [32]byte, at Stamp) error { return nil }
