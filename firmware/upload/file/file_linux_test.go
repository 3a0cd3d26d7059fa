package file

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"tellijn/privacy/batch"
)

func open(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	f, err := Open(dir, "north-door")
	if err != nil {
		t.Fatal(err)
	}
	return f, dir
}

func put(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, f func() ([]uint64, error), want ...uint64) {
	t.Helper()
	if got, err := f(); err != nil || !slices.Equal(got, want) {
		t.Fatalf("%v, %v, want %v", got, err, want)
	}
}

func TestWriteAndRead(t *testing.T) {
	f, dir := open(t)
	for _, n := range []uint64{10, 9, 1 << 60} {
		if err := f.Write(n, bytes.Repeat([]byte{byte(n)}, 700)); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, f.Batches, 9, 10, 1<<60)
	if b, err := f.Batch(9); err != nil || !bytes.Equal(b, bytes.Repeat([]byte{9}, 700)) {
		t.Fatalf("% x, %v", b[:4], err)
	}
	if info, err := os.Stat(filepath.Join(dir, "tellijn-north-door-000000000009.batch")); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if err := f.Write(9, []byte{1}); !errors.Is(err, ErrTaken) {
		t.Fatalf("%v, want ErrTaken", err)
	}
	if b, _ := f.Batch(9); len(b) != 700 {
		t.Fatal("it was written over")
	}
	put(t, dir, batch.FileName("north-door", 9, batch.AnswerFile), []byte("yes"))
	put(t, dir, batch.FileName("north-door", 77, batch.AnswerFile), []byte("to nothing"))
	put(t, dir, batch.FileName("south-door", 10, batch.AnswerFile), []byte("for another"))
	put(t, dir, "tellijn-north-door-10.answer", []byte("no such name"))
	holds(t, f.Answers, 9)
	if b, err := f.Answer(9); err != nil || string(b) != "yes" {
		t.Fatalf("%q, %v", b, err)
	}
	for range 2 {
		if err := f.Remove(9); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, f.Answers)
	holds(t, f.Batches, 10, 1<<60)
	if left, _ := filepath.Glob(filepath.Join(dir, "*"+part)); len(left) != 0 {
		t.Errorf("%v stay", left)
	}
}

func TestNotWhatTheyLookLike(t *testing.T) {
	f, dir := open(t)
	if err := f.Write(1, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, batch.FileName("north-door", 2, batch.BatchFile)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, batch.FileName("north-door", 1, batch.AnswerFile))); err != nil {
		t.Fatal(err)
	}
	holds(t, f.Batches, 1)
	holds(t, f.Answers)
	if err := f.Write(2, []byte{1}); !errors.Is(err, ErrTaken) {
		t.Fatalf("%v, want ErrTaken", err)
	}
	put(t, dir, batch.FileName("north-door", 3, batch.BatchFile), make([]byte, batch.MaxSize+1))
	put(t, dir, batch.FileName("north-door", 3, batch.AnswerFile), make([]byte, batch.MaxAnswer+1))
	if _, err := f.Batch(3); err == nil {
		t.Error("a batch that is too large was read")
	}
	if _, err := f.Answer(3); err == nil {
		t.Error("an answer that is too large was read")
	}
}

func TestFull(t *testing.T) {
	f, _ := open(t)
	f.most = 3
	for n := range uint64(3) {
		if err := f.Write(n+1, []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Write(4, []byte{1}); !errors.Is(err, ErrFull) {
		t.Fatalf("%v, want ErrFull", err)
	}
	if err := f.Remove(2); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(4, []byte{1}); err != nil {
		t.Fatal(err)
	}
}

// TestHalfWritten has what a power cut leaves, and a disk without room.
func TestHalfWritten(t *testing.T) {
	f, dir := open(t)
	put(t, dir, batch.FileName("north-door", 5, batch.BatchFile)+part, []byte("half"))
	holds(t, f.Batches)
	f, err := Open(dir, "north-door")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(5, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	put(t, dir, "ballast", make([]byte, 48<<10))
	if err := f.Write(6, make([]byte, 40<<10)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%v, want ENOSPC", err)
	}
	holds(t, f.Batches)
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(6, make([]byte, 40<<10)); err != nil {
		t.Fatal(err)
	}
}
