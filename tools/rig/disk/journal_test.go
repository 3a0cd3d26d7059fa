package disk

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestJournal writes a journal and reads it: with its base it makes the card again, also of one that lost something.
func TestJournal(t *testing.T) {
	d, image, c := reader(t)
	c.greet()
	dir := filepath.Join(t.TempDir(), "j")
	if d.Sync() == nil {
		t.Error("a journal that is not kept")
	}
	if err := d.Record(dir); err != nil {
		t.Fatal(err)
	}
	if d.Record(dir) == nil {
		t.Error("two journals")
	}
	before, err := os.ReadFile(image)
	if err != nil {
		t.Fatal(err)
	}
	c.write(16, "one")
	c.do(cmdFlush, 0, 0, nil)
	d.Note("record 0")
	if err := d.Be(Lying); err != nil {
		t.Fatal(err)
	}
	c.write(32, "two")
	if err := d.Cut(); err != nil {
		t.Fatal(err)
	}
	if err := d.Sync(); err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile(filepath.Join(dir, BaseFile))
	if err != nil || !bytes.Equal(base, before) {
		t.Fatalf("the base is another card, %v", err)
	}
	b, err := os.ReadFile(filepath.Join(dir, JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	all, err := Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	kinds := ""
	for _, e := range all {
		kinds += string(e.Kind)
		if e.Kind == Write {
			copy(base[e.Offset:], e.Data)
		}
	}
	if now, err := os.ReadFile(image); err != nil || !bytes.Equal(now, base) || kinds != "wfnwwc" || string(all[2].Data) != "record 0" {
		t.Errorf("%q, %v, the same card: %v", kinds, err, bytes.Equal(now, base))
	}
	for _, n := range []int{len(b) - 1, len(magic) + 3, len(magic) + headSize + 2, 4} {
		if _, err := Read(bytes.NewReader(b[:n])); !errors.Is(err, ErrJournal) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

func TestSparse(t *testing.T) {
	dir := t.TempDir()
	data := append(make([]byte, 1<<16), strings.Repeat("x", 70_000)...)
	if err := sparse(bytes.NewReader(data), int64(len(data)), filepath.Join(dir, "to")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "to")); err != nil || !bytes.Equal(b, data) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func FuzzRead(f *testing.F) {
	head := func(kind, forced byte, n byte) string {
		return string([]byte{kind, forced}) + strings.Repeat("\x00", 8+8+3) + string(n)
	}
	f.Add([]byte(magic))
	f.Add([]byte(magic + head(Write, 1, 4) + "abcd" + head(Flush, 0, 0) + head(Note, 0, 2) + "hi" + head(Cut, 0, 0)))
	f.Add([]byte(magic + head(Write, 0, 200) + "too short"))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := Read(bytes.NewReader(b))
		n := len(magic)
		for _, e := range all {
			n += headSize + len(e.Data)
		}
		if err == nil && n != len(b) || n > len(b) && len(all) > 0 {
			t.Fatalf("%d entries of %d bytes in %d, %v", len(all), n, len(b), err)
		}
	})
}
