package medium_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"tellijn/tools/fieldkit/medium"
	"tellijn/tools/fieldkit/medium/mediumtest"
)

func card(t *testing.T, size int64) (file string, l *mediumtest.Loop) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "card")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, size); err != nil {
		t.Fatal(err)
	}
	return file, mediumtest.Attach(t, file)
}

func open(t *testing.T, path string) *medium.Medium {
	t.Helper()
	m, err := medium.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func fill(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }

// What is read is what the medium holds, not what the computer remembers of it: the file below the device is
// changed behind its back. A reader who trusts the cache is seen to be wrong, so the test can tell.
func TestPastTheCache(t *testing.T) {
	file, l := card(t, 4<<20)
	cached, err := os.Open(l.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer cached.Close()
	got := make([]byte, medium.Block)
	if _, err := cached.ReadAt(got, 1<<20); err != nil || !bytes.Equal(got, fill(medium.Block, 0)) {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(fill(medium.Block, 'x'), 1<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := cached.ReadAt(got, 1<<20); err != nil || !bytes.Equal(got, fill(medium.Block, 0)) {
		t.Fatalf("the ordinary read is not from the cache either (%v): this test shows nothing", err)
	}
	m := open(t, l.Path)
	if _, err := m.ReadAt(got, 1<<20); err != nil || !bytes.Equal(got, fill(medium.Block, 'x')) {
		t.Errorf("read from the cache: %v; %s", err, m.Way())
	}
	m.Close()
	// The second way, for drivers that do not know the first: after a flush nothing old is read either.
	second, err := medium.OpenSecond(l.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := second.ReadAt(got, 2<<20); err != nil || !bytes.Equal(got, fill(medium.Block, 0)) {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(fill(medium.Block, 'y'), 2<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := second.ReadAt(got, 2<<20); err != nil || !bytes.Equal(got, fill(medium.Block, 0)) {
		t.Fatalf("without a flush it is not from the cache either (%v): this test shows nothing", err)
	}
	if err := second.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := second.ReadAt(got, 2<<20); err != nil || !bytes.Equal(got, fill(medium.Block, 'y')) {
		t.Errorf("read from the cache: %v; %s", err, second.Way())
	}
}

func TestReadWrite(t *testing.T) {
	file, l := card(t, 3<<20)
	m := open(t, l.Path)
	if m.Size() != 3<<20 {
		t.Fatal(m.Size())
	}
	want := make([]byte, 3<<20)
	for i := range want {
		want[i] = byte(i * 7 >> 3)
	}
	if n, err := m.WriteAt(want[medium.Block:], medium.Block); err != nil || n != len(want)-medium.Block {
		t.Fatal(n, err)
	}
	if _, err := m.WriteAt(want[:medium.Block], 0); err != nil {
		t.Fatal(err)
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	there, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(there, want) {
		t.Fatal("the file below holds something else", err)
	}
	for _, span := range [][2]int64{{0, 1}, {1, 2}, {511, 514}, {4095, 4097}, {1<<20 - 3, 1<<20 + 3}, {5, 3<<20 - 5}, {0, 3 << 20}} {
		got := make([]byte, span[1]-span[0])
		if n, err := m.ReadAt(got, span[0]); err != nil || n != len(got) || !bytes.Equal(got, want[span[0]:span[1]]) {
			t.Errorf("%v: %d, %v", span, n, err)
		}
	}
	got := make([]byte, 10)
	if n, err := m.ReadAt(got, 3<<20-4); n != 4 || err != io.EOF {
		t.Error(n, err)
	}
	for _, bad := range [][2]int{{1, medium.Block}, {0, 5}} {
		if _, err := m.WriteAt(make([]byte, bad[1]), int64(bad[0])); err == nil {
			t.Error(bad, "is taken")
		}
	}
	if err := m.Discard(0, 1<<20); err == nil { // a loop over a file of this disk can do it or not
		if _, err := m.ReadAt(got, 0); err != nil || !bytes.Equal(got, make([]byte, 10)) {
			t.Error(got, err)
		}
	} else {
		t.Log(err)
	}
}

// A card is open once, and not while it is mounted or otherwise claimed.
func TestAlone(t *testing.T) {
	_, l := card(t, 1<<20)
	open(t, l.Path)
	if _, err := medium.Open(l.Path); !errors.Is(err, medium.ErrBusy) {
		t.Error(err)
	}
	if _, err := medium.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	for _, path := range []string{"/dev/null", l.Path + "x"} {
		if m, err := medium.Open(path); err == nil {
			t.Error(path, "is a card of", m.Size())
		}
	}
}

// A card that is pulled out is an error at the next touch.
func TestPulled(t *testing.T) {
	_, l := card(t, 2<<20)
	m := open(t, l.Path)
	if err := l.Pull(0); err != nil {
		t.Fatal(err)
	}
	if _, err := m.WriteAt(fill(1<<20, 'x'), 1<<20); err == nil {
		t.Error("writes what nobody keeps")
	}
	if n, err := m.ReadAt(make([]byte, 1<<20), 0); err == nil {
		t.Error("reads what is not there", n)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "own.img")
	m, err := medium.Create(path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.WriteAt(fill(medium.Block, 'x'), 0); err != nil {
		t.Fatal(err)
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, medium.Block)
	if _, err := m.ReadAt(got, 0); err != nil || !bytes.Equal(got, fill(medium.Block, 'x')) {
		t.Error(err)
	}
	if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o600 || i.Size() != 1<<20 {
		t.Error(i, err)
	}
	if _, err := medium.Create(path, 1<<20); !errors.Is(err, os.ErrExist) {
		t.Error(err)
	}
	if err := m.Discard(0, 4096); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
