package boards

import "embed"

// Test approvals of the boards that pretend. tools/fieldkit/approve makes them and holds them against the
// boards; their key is public, and a real board takes none of them.
//
//go:embed sim/approval.cose virt/approval.cose
var approvals embed.FS

// Approval gives the signed test approval of a pretended board, or nil for one that has none.
func Approval(name string) []byte {
	b, err := approvals.ReadFile(name + "/approval.cose")
	if err != nil {
		return nil
	}
	return b
}
