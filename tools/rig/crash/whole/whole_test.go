package whole

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/boards/card"
	"tellijn/privacy/batch"
	"tellijn/tools/rig/crash"
	"tellijn/tools/rig/crash/states"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/receiver"
)

// empty is a run of a card whose device has not even its keys.
func empty(t *testing.T) *states.Run {
	t.Helper()
	if err := crash.Need(); err != nil {
		t.Skip(err)
	}
	dir, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	c := exec.Command("mkfs.ext4", "-q", "-b", "4096", data, "64M")
	c.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin")
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("mkfs.ext4: %v: %s", err, out)
	}
	b, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, disk.BaseFile))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(b, card.Data().Start)
	if err := errors.Join(err, f.Truncate(card.Size), f.Close()); err != nil {
		t.Fatal(err)
	}
	entry := func(kind byte, offset int64, data []byte) (e []byte) {
		e = binary.BigEndian.AppendUint64([]byte{kind, 0}, uint64(offset))
		e = binary.BigEndian.AppendUint64(e, 0)
		return append(binary.BigEndian.AppendUint32(e, uint32(len(data))), data...)
	}
	journal := []byte("tellijn card journal 1\n")
	journal = append(journal, entry(disk.Write, card.Data().Start, b[:4096])...)
	journal = append(journal, entry(disk.Flush, 0, nil)...)
	if err := os.WriteFile(filepath.Join(dir, disk.JournalFile), journal, 0o600); err != nil {
		t.Fatal(err)
	}
	run, err := states.Load(dir, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// TestNoKeys: a card without a device on it is not booted.
func TestNoKeys(t *testing.T) {
	run := empty(t)
	o := Options{Run: run, Found: crash.Found{State: states.State{At: 2, How: states.Prefix}}, Device: "d", Log: io.Discard, Say: func(string) {}}
	if _, err := Boot(t.Context(), o); err == nil || !strings.Contains(err.Error(), "without keys") {
		t.Error(err)
	}
}

// TestTell: what the collector does not take must not pass for something that it has.
func TestTell(t *testing.T) {
	r, err := receiver.Start(t.TempDir(), "192.0.2.100:8443", time.Now, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	o := Options{Device: "d", known: []batch.Item{{Kind: batch.Record, Bytes: []byte("not signed by anybody")}}}
	if err := tell(r, &o); err == nil {
		t.Error("a stranger's record passes")
	}
	if o.known = nil; tell(r, &o) != nil {
		t.Error("nothing to tell is an error")
	}
}
