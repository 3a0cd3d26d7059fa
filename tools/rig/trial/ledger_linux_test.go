package trial_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tellijn/boards/card"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/tools/rig/trial"
)

// exact takes the card out of a board that was switched off and reads from its ledger what was counted at the first
// line in intervals that are over and has not left. Nobody but the warden sees that on a device; whoever holds the
// card in their hands does. ok is false where cards cannot be mounted.
func exact(t *testing.T, s *trial.Trial) (in, out int, ok bool) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Log("only root mounts the card: its exact counts are not looked at")
		return 0, 0, false
	}
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "ledger.db")
	offset := fmt.Sprintf("loop,ro,noload,offset=%d", card.Data().Start)
	if text, err := exec.Command("mount", "-t", "ext4", "-o", offset, s.Card, dir).CombinedOutput(); err != nil {
		t.Logf("the card cannot be mounted here, so its exact counts are not looked at: %v: %s", err, text)
		return 0, 0, false
	}
	b, err := os.ReadFile(filepath.Join(dir, "tellijn", "warden", "ledger.db"))
	if text, e := exec.Command("umount", dir).CombinedOutput(); err != nil || e != nil {
		t.Fatalf("%v, %v: %s", err, e, text)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(path, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = l.View(func(tx *ledger.Tx) error {
		b, there := tx.Get("release")
		if !there {
			return fmt.Errorf("no state of the release")
		}
		var state desk.State
		if err := state.Read(b); err != nil {
			return err
		}
		b, err := state.Lines[0].MarshalBinary()
		if err == nil { // behind a version and flags, the first two fields are what is carried
			in, out = int(binary.BigEndian.Uint64(b[2:])), int(binary.BigEndian.Uint64(b[10:]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return in, out, true
}
