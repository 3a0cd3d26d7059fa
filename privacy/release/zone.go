package release

import (
	"encoding/binary"
	"fmt"
)

// Zone is the release of how many people are in a zone. It moves in steps of K with the hysteresis
// of a line; the lowest step is shown as zero, so that up to 2K-2 people are never seen. The zero
// value is an empty zone. Nothing is carried: presence is no sum.
type Zone struct {
	level uint16 // a multiple of the K of the time
}

// Step tells what is shown for people in a zone at the end of a slot: zero outside the window, zero
// for 0 to 2K-2 people, otherwise a multiple of K that is not above people. The next number shows
// only for a change of K people or more. A policy that Check refuses shows zero.
func (z *Zone) Step(p *Policy, slot Slot, people uint16) (shown uint16) {
	if p.Check() != nil || !slot.valid() || !p.inWindow(slot) {
		z.level = 0
		return 0
	}
	k, n, level := int(p.K), int(people), int(z.level)
	if e := n - level; e >= 2*k-1 {
		level += (e - (k - 1)) / k * k
	} else if e < 0 {
		level -= min((k-1-e)/k*k, level)
	}
	z.level = uint16(level - level%k)
	if z.level <= uint16(k) {
		return 0
	}
	return z.level
}

// MarshalBinary gives ZoneSize bytes. It never fails.
func (z *Zone) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint16([]byte{version}, z.level), nil
}

// UnmarshalBinary takes a state that MarshalBinary gave. The error wraps ErrState; z stays as it was.
func (z *Zone) UnmarshalBinary(b []byte) error {
	if len(b) != ZoneSize || b[0] != version {
		return fmt.Errorf("%w: %d bytes of a zone, want %d of version %d", ErrState, len(b), ZoneSize, version)
	}
	z.level = binary.BigEndian.Uint16(b[1:])
	return nil
}
