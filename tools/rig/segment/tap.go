package segment

import (
	"errors"

	"tellijn/tools/rig/segment/packet"
)

// ErrBusy is answered when somebody listens already.
var ErrBusy = errors.New("segment: somebody listens already")

// Tap lets f see each sound packet of the machine until leave is called; what f takes (true) goes no
// further and is not counted.
func (s *Segment) Tap(f func(packet.Packet) bool) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tap != nil {
		return nil, ErrBusy
	}
	s.tap = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tap = nil
	}, nil
}
