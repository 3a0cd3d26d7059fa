package export_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards/card"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/cardtest"
	"tellijn/tools/fieldkit/wipe/export"
)

func root(t *testing.T) {
	t.Helper()
	if f, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0); err != nil {
		t.Skip("mounting needs Linux and root: ", err)
	} else {
		f.Close()
	}
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// move puts the data file system where a device sets a damaged one aside, and leaves nothing in its place.
func move(t *testing.T, f *os.File) {
	t.Helper()
	b := make([]byte, card.DataSize)
	d := card.Data().Start
	if _, err := f.ReadAt(b, d); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{write(f, b, d+card.Aside), write(f, make([]byte, card.DataSize), d)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func write(w io.WriterAt, b []byte, off int64) error { _, err := w.WriteAt(b, off); return err }

// What was set aside is read too, and nothing is changed on the card.
func TestAside(t *testing.T) {
	root(t)
	u := cardtest.Use(t, "virt", "north-door")
	f := open(t, u.Path)
	move(t, f)
	before, err := os.ReadFile(u.Path)
	if err != nil {
		t.Fatal(err)
	}
	x := export.Read(f)
	if len(x.Records) != 30 || len(x.Entries) != 30 || x.Sign != u.Public() || len(x.Doubts) != 1 || !strings.Contains(x.Doubts[0], "cannot be mounted") {
		t.Errorf("%d records, %d entries, %q", len(x.Records), len(x.Entries), x.Doubts)
	}
	for i, r := range u.Records {
		if !bytes.Equal(x.Records[i], r) || !bytes.Equal(x.Entries[i], u.Entries[i]) {
			t.Fatalf("record or entry %d is another", i)
		}
	}
	if after, err := os.ReadFile(u.Path); err != nil || !bytes.Equal(after, before) {
		t.Error("the card was changed", err)
	}
	groups := map[string]int{}
	x.Secrets(func(g string, s []byte) { groups[g] += len(s) })
	if groups[export.Keys] < 96 || groups[export.Configuration] == 0 || groups[export.Records] == 0 || groups[export.Log] == 0 {
		t.Error(groups)
	}
	x.Forget()
	x.Secrets(func(g string, s []byte) {
		if g == export.Keys && !bytes.Equal(s, make([]byte, len(s))) {
			t.Error("a key stays")
		}
	})
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "tellijn-wipe-*"))
	if err != nil || len(left) > 0 {
		t.Error("left behind: ", left, err)
	}
}

// Whatever is on a card, reading it ends with words and not with a crash, and an export of them can be made.
func TestRubbish(t *testing.T) {
	for name, r := range map[string]io.ReaderAt{"nothing": bytes.NewReader(nil), "zeros": io.NewSectionReader(zeros{}, 0, card.Size), "ones": io.NewSectionReader(zeros{0xff}, 0, card.Size)} {
		x := export.Read(r)
		if len(x.Doubts) < 2 || x.Sign != (sign.Public{}) {
			t.Errorf("%s: %q", name, x.Doubts)
		}
		dir := filepath.Join(t.TempDir(), "kept")
		if _, err := x.Write(dir); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, "not-read.txt")); err != nil || !strings.Contains(string(b), "keys of the device are lost") {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
}

type zeros []byte

func (z zeros) ReadAt(b []byte, _ int64) (int, error) {
	clear(b)
	for i := range b {
		if len(z) > 0 {
			b[i] = z[0]
		}
	}
	return len(b), nil
}

// A log or a record that was changed on the card is exported as it is, and said.
func TestChanged(t *testing.T) {
	root(t)
	u := cardtest.Use(t, "virt", "north-door")
	x := export.Read(open(t, u.Path))
	x.Entries = append(x.Entries[:4:4], x.Entries[5:]...)
	x.Records[3] = bytes.Clone(x.Records[3])
	x.Records[3][len(x.Records[3])-1] ^= 1
	dir := filepath.Join(t.TempDir(), "kept")
	if _, err := x.Write(dir); err != nil {
		t.Fatal(err)
	}
	said := strings.Join(x.Doubts, "\n")
	if !strings.Contains(said, "record 4") || !strings.Contains(said, "log: ") {
		t.Error(said)
	}
	if _, err := x.Write(dir); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(t.TempDir(), "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x.Records = append(x.Records, []byte{0xff}) // no CBOR: what is read back is not what was written
	if _, err := x.Write(filepath.Join(t.TempDir(), "again")); !errors.Is(err, export.ErrExport) {
		t.Error(err)
	}
}
