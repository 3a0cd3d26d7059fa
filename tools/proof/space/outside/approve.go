package outside

import (
	"os"
	"path/filepath"
	"time"

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/firmware/warden/gate"
	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
)

// key signs the approvals of a desk.
func key() sign.Key { return sign.NewKey([32]byte{'d', 'e', 's', 'k'}) }

// Approver is who may approve of the boards of a desk: it belongs into their board.toml, as [approval] signer.
func Approver() string { return key().Public().String() }

// believed is hal/clock as the desk's warden has it: one whose clock is always kept, since a real board gives its
// camera no power until somebody told the time, and a machine that proves may have nobody who does.
const believed = `package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

func Synced() bool { return true }

func (c Clock) Boot() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(c.start)
	}
	return time.Duration(t.Nano())
}
`

// approve signs an approval of a board with a configuration, as it stands, into a file, or gives "" for one that
// nobody could approve of.
func (d *Desk) approve(name, board, text string) (string, error) {
	b, err := boards.Parse(name, board)
	if err == nil && text != "" {
		err = config.Apply(name, text, &b)
	}
	if err != nil {
		return "", nil // the warden will say so
	}
	s, err := gate.Of(&b, nil)
	if err != nil {
		return "", nil
	}
	now := time.Now()
	signed, err := approval.Seal(key(), &approval.Approval{Version: approval.Version, Decision: "1", Purpose: "To prove", Devices: []string{b.Device},
		From: now.Add(-48 * time.Hour).Unix(), Until: now.Add(48 * time.Hour).Unix(), Hours: gate.Form(s.Week, s.Zone), Scene: approval.SceneOf(&b.Scene),
		K: uint8(s.Board.K), Interval: uint32(b.Interval / time.Second), Assessment: "1"})
	if err != nil {
		return "", nil // finer than anybody can approve
	}
	f, err := os.CreateTemp(filepath.Clean(d.dir), "approval-")
	if err != nil {
		return "", err
	}
	_, err = f.Write(signed)
	if e := f.Close(); err == nil {
		err = e
	}
	return f.Name(), err
}
