package install

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/rig/receiver"
)

func made(t *testing.T, board string, p Plan) *Device {
	t.Helper()
	b, err := boards.Lookup(board)
	if err != nil {
		t.Fatal(err)
	}
	r, err := receiver.Start(t.TempDir(), "192.0.2.100:8443", time.Now, func(l string) { t.Log(l) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	p.Board, p.Name, p.Enrol = b, "north-door", r.Enrol
	d, err := Make(p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDevice: the keys are those that the collector knows, and the approval counts for what the board is set to.
func TestDevice(t *testing.T) {
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	d := made(t, "rpi-zero-2w", Plan{From: now, Until: now.Add(time.Hour)})
	k, err := ledger.ParseKeys(d.Files[card.Keys])
	if err != nil || sign.NewKey(k.Sign).Public() != d.Key {
		t.Errorf("keys: %v", err)
	}
	b := d.Board
	if b.Device != "north-door" || b.Upload.Address != "192.0.2.100:8443" || len(b.Time.Servers) != 2 || b.Wanted.Interval != time.Second/10 {
		t.Errorf("%+v", b)
	}
	signer, err := sign.ParsePublic(b.Approval.Signer)
	if err != nil {
		t.Fatal(err)
	}
	held := approval.Board{Signer: signer, Device: b.Device, Scene: b.Scene, K: 3, Interval: b.Interval}
	a, why := approval.Open(d.Files[card.Approval], &held)
	if why != approval.Valid || a.Holds(now) != approval.Valid || a.Holds(now.Add(time.Hour)) != approval.Ended {
		t.Errorf("approval: %v", why)
	}
	if d := made(t, "virt", Plan{}); d.Files[card.Approval] != nil || d.Board.Approval.Signer != "" || d.Board.Driver != "sim" {
		t.Errorf("a virtual board: %+v", d.Board)
	}
	if other := made(t, "rpi-zero-2w", Plan{}); other.Key == d.Key || other.Files[card.Approval] != nil {
		t.Error("two devices with one key, or an approval that nobody asked for")
	}
}

func TestPut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "card")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	p := card.Start()
	if err := fat.Write(f, p.Start, p.Size, p.Label, 7, []fat.File{{Path: "autoboot.txt", Data: []byte("a")}, {Path: "device/old.toml", Data: []byte("b")}}); err != nil {
		t.Fatal(err)
	}
	f.Truncate(card.Size)
	f.Close()
	again := path + ".2"
	if err := Copy(path, again); err != nil {
		t.Fatal(err)
	}
	if err := Copy(path, again); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if err := Put(again, map[string][]byte{"config.toml": []byte("c")}); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(again)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	v, err := fat.Open(in, p.Start)
	if err != nil || v.Label() != p.Label || v.Serial() != 7 {
		t.Fatalf("%v", err)
	}
	if b, err := v.ReadFile("device/config.toml"); err != nil || string(b) != "c" {
		t.Errorf("%q, %v", b, err)
	}
	if b, err := v.ReadFile("autoboot.txt"); err != nil || string(b) != "a" {
		t.Errorf("%q, %v", b, err)
	}
	if b, err := v.ReadFile("device/old.toml"); err == nil {
		t.Errorf("what another device had is still there: %q", b)
	}
	old, _ := os.ReadFile(path)
	fresh, _ := os.ReadFile(again)
	if len(fresh) != len(old) || !bytes.Equal(fresh[p.Start+p.Size:], old[p.Start+p.Size:]) {
		t.Error("the rest of the card is not the same")
	}
}
