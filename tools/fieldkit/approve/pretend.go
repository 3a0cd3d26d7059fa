package approve

import (
	"tellijn/boards"
	"tellijn/firmware/warden/gate"
	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
)

// ForTests makes the signed test approval of a board that pretends: at the hours of that board, for any device
// and any scene on it, without an end that comes. Its key is public, and no real board takes it.
func ForTests(b *boards.Board) ([]byte, error) {
	s, err := gate.Of(b, nil)
	if err != nil {
		return nil, err
	}
	a := approval.Approval{Version: approval.Version, Decision: "test", Purpose: "To show and test; nobody real is counted", Devices: []string{},
		From: 1_577_836_800, Until: 1<<32 - 1, Hours: gate.Form(s.Week, ""), Scene: approval.Scene{Lines: [][4]int32{}, Zones: [][]int32{}},
		K: uint8(s.Board.K), Interval: uint32(b.Interval.Seconds()), Assessment: "none", Test: true}
	return approval.Seal(sign.NewKey(approval.TestSeed()), &a)
}
