package devicelog

import (
	"fmt"
	"math"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// State is how far a log has come: the number of its newest entry and its hash. Of an empty log both are
// zero. A record says it in its field log.
type State struct {
	Number uint32
	Head   Hash
}

// Moment is when something happened.
type Moment struct {
	At     int64  // Unix seconds
	Clock  uint8  // what At is worth: 0 nothing, 1 held, 2 known
	Uptime uint32 // seconds since boot
}

// Chain writes a log. It keeps nothing on disk; who does takes State from there and puts it back together
// with each entry, in one transaction.
type Chain struct {
	Key    sign.Key
	Device string
	Boot   [16]byte
	State  State
}

// Append gives the signed entry for e and the chain that goes on from it. The chain itself stays as it is,
// so that it holds when the entry could not be kept.
func (c Chain) Append(e Event, m Moment) ([]byte, Chain, error) {
	if c.State.Number == math.MaxUint32 {
		return nil, c, bad("%d entries, after which a device needs new keys", c.State.Number)
	}
	entry := Entry{Version: Version, Device: c.Device, Number: c.State.Number + 1, Boot: c.Boot, At: m.At, Clock: m.Clock,
		Uptime: m.Uptime, Kind: e.Kind, A: e.A, B: e.B, Digest: e.Digest, Previous: c.State.Head}
	payload, err := Encode(&entry)
	if err != nil {
		return nil, c, err
	}
	signed, err := c.Key.Sign(sign.Log, payload)
	if err != nil {
		return nil, c, fmt.Errorf("devicelog: %w", err)
	}
	next := c
	next.State = State{entry.Number, HashOf(signed)}
	return signed, next, nil
}

// Size gives the bytes of a signed entry of a device, which are the same for all. It is 0 for a name that
// is none.
func Size(device string) int {
	if !coding.ValidName(device) {
		return 0
	}
	signed, _, err := Chain{Key: sign.NewKey([32]byte{}), Device: device, Boot: [16]byte{1}}.Append(Event{Kind: Shutdown}, Moment{At: minTime})
	if err != nil {
		return 0
	}
	return len(signed)
}
