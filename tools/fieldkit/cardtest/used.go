package cardtest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tellijn/boards/card"
	"tellijn/firmware/queue"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/fieldkit/fat"
)

// Used is the card of a device that counted for a while.
type Used struct {
	Path    string
	Keys    ledger.Keys
	Config  []byte
	Records [][]byte // signed; the last ones wait in the ledger only
	Entries [][]byte // signed
	TLSKey  []byte
}

// Public is the key of its records.
func (u *Used) Public() sign.Public { return sign.NewKey(u.Keys.Sign).Public() }

// Use makes such a card, with an image below it as fieldkit makes it: partitions, file systems, ledger and
// queue are real, what boots is not. It skips the test where mke2fs is missing.
func Use(tb testing.TB, board, name string) *Used {
	tb.Helper()
	u := &Used{Path: Image(tb, board), Config: fmt.Appendf(nil, "device = %q # a comment of somebody\n", name), TLSKey: []byte("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n")}
	d := collectortest.NewDevice(tb, name, time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC))
	u.Keys = ledger.Keys{Sign: sha256.Sum256([]byte(name)), Seal: sha256.Sum256([]byte(name + " seal")), Secret: sha256.Sum256([]byte(name + " secret"))}
	for range 30 {
		u.Entries = append(u.Entries, d.Entry())
		u.Records = append(u.Records, d.Record(nil))
	}
	root := filepath.Join(tb.TempDir(), "data")
	must(tb, u.ledger(filepath.Join(root, "tellijn", "warden", "ledger.db")))
	must(tb, u.queue(filepath.Join(root, "tellijn", "courier", "queue.db")))
	must(tb, os.WriteFile(filepath.Join(root, "tellijn", "courier", card.CertKey), u.TLSKey, 0o600))
	f, err := os.OpenFile(u.Path, os.O_RDWR, 0)
	must(tb, err)
	defer f.Close()
	start := card.Start()
	must(tb, f.Truncate(card.Size))
	must(tb, fat.Write(f, start.Start, start.Size, start.Label, 7, []fat.File{{Path: card.Autoboot, Data: []byte("[all]\n")},
		{Path: card.Device + "/" + card.Config, Data: u.Config}, {Path: card.Device + "/" + card.Keys, Data: make([]byte, 113)}}))
	must(tb, filesystem(tb, root, f, card.Data().Start))
	return u
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (u *Used) ledger(path string) error {
	l, err := ledger.Open(path, ledger.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	k := &u.Keys
	if _, made, err := l.Keys(bytes.NewReader(append(append(append([]byte{}, k.Sign[:]...), k.Seal[:]...), k.Secret[:]...))); err != nil || !made {
		return fmt.Errorf("keys: %v, %w", made, err)
	}
	return l.Update(func(tx *ledger.Tx) error {
		for i, e := range u.Entries {
			if _, err := tx.Log(uint32(i+1), e); err != nil {
				return err
			}
		}
		for i, r := range u.Records[20:] {
			if err := tx.Add(ledger.Item{Kind: 1, Boot: [16]byte{1}, Sequence: uint32(20 + i), Bytes: r}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (u *Used) queue(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	q, err := queue.Open(path, queue.Options{})
	if err != nil {
		return err
	}
	defer q.Close()
	var items []queue.Item
	for i, r := range u.Records[:25] {
		items = append(items, queue.Item{Kind: queue.Record, Boot: [16]byte{1}, Sequence: uint32(i), Bytes: r})
	}
	for i, e := range u.Entries[:5] {
		items = append(items, queue.Item{Kind: queue.Log, Boot: [16]byte{1}, Sequence: uint32(i), Bytes: e})
	}
	_, err = q.Put(items)
	return err
}

// filesystem puts an ext4 file system with what lies below root at off of a card.
func filesystem(tb testing.TB, root string, f io.WriterAt, off int64) error {
	path := filepath.Join(tb.TempDir(), "ext4")
	out, err := exec.CommandContext(tb.Context(), "mke2fs", "-q", "-t", "ext4", "-d", root, path, fmt.Sprint(card.DataSize>>10)).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		tb.Skip("mke2fs of e2fsprogs is not here")
	}
	if err != nil {
		return fmt.Errorf("mke2fs: %w: %s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for at := 0; at < len(b); at += 1 << 20 {
		if c := b[at:min(len(b), at+1<<20)]; !bytes.Equal(c, make([]byte, len(c))) {
			if _, err := f.WriteAt(c, off+int64(at)); err != nil {
				return err
			}
		}
	}
	return nil
}
