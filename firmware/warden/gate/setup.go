package gate

import (
	"fmt"
	"time"

	"tellijn/boards"
	"tellijn/privacy/approval"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
)

// Of fills in what the gate of a board goes by; signed is the approval as it was found, empty for none. It
// fails for a zone or a signer that cannot be.
func Of(b *boards.Board, signed []byte) (Setup, error) {
	place, err := time.LoadLocation(b.Release.Zone)
	if err != nil || b.Release.Zone == "" {
		return Setup{}, fmt.Errorf("gate: release.zone %q, want a name such as Europe/Amsterdam, since hours are those of the place", b.Release.Zone)
	}
	s := Setup{Week: b.Week, Zone: b.Release.Zone, Place: place, Signed: signed,
		Board: approval.Board{Pretended: b.Kind.Pretended(), Device: b.Device, Scene: b.Scene, K: b.Release.K, Interval: b.Interval}}
	if s.Board.K == 0 {
		s.Board.K = release.Default().K
	}
	if b.Approval.Signer != "" {
		if s.Board.Signer, err = sign.ParsePublic(b.Approval.Signer); err != nil {
			return Setup{}, fmt.Errorf("gate: approval.signer: %w", err)
		}
	}
	return s, nil
}
