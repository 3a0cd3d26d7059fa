package search_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"tellijn/hal/camera"
	"tellijn/privacy/privacytest/canary"
	"tellijn/privacy/privacytest/search"
)

// frames are three small ones, different in each test.
func frames(t testing.TB) ([]canary.Frame, *canary.Set) {
	t.Helper()
	seed := canary.Seed([]byte((t.Name() + strings.Repeat(" ", 32))[:32]))
	f, set, err := canary.New(camera.Format{Pixel: camera.YUYV, Width: 64, Height: 48, Stride: 128, Interval: time.Second}, 3, seed)
	if err != nil {
		t.Fatal(err)
	}
	return f, set
}

const border = 1 << 20 // between two reads

// TestReader: a window is found once, at any place, on the border of two reads and at the end too.
func TestReader(t *testing.T) {
	f, set := frames(t)
	for name, at := range map[string]int{"first": 0, "odd": 1001, "before the border": border - 8, "on it": border - 3,
		"on it by one": border - 7, "behind it": border, "on the next": 2*border - 1, "last": 2*border + 92} {
		memory := make([]byte, 2*border+100)
		copy(memory[at:], f[1].Data[300:308])
		for how, r := range map[string]io.Reader{"at once": bytes.NewReader(memory),
			"in halves": iotest.HalfReader(bytes.NewReader(memory)), "with its end": iotest.DataErrReader(bytes.NewReader(memory))} {
			got, err := search.Reader(r, set)
			if err != nil || got.Hits != 1 || len(got.Frames) != 1 || got.Frames[0] != 1 || got.Bytes != int64(len(memory)) {
				t.Errorf("%s, %s: %v, %v", name, how, got, err)
			}
		}
	}
	got, err := search.Reader(bytes.NewReader(bytes.Repeat([]byte{1, 0, 0}, border)), set)
	if err != nil || got.Hits != 0 || len(got.Places) != 0 {
		t.Errorf("nothing: %v, %v", got, err)
	}
	if got, err := search.Reader(strings.NewReader(""), set); err != nil || got.Bytes != 0 {
		t.Errorf("empty: %v, %v", got, err)
	}
}

// TestBroken: an error of the stream is one of the search, which says what it had found.
func TestBroken(t *testing.T) {
	f, set := frames(t)
	broken := errors.New("broken")
	got, err := search.Reader(io.MultiReader(bytes.NewReader(f[0].Data[:20]), iotest.ErrReader(broken)), set)
	if !errors.Is(err, broken) || got.Hits != 13 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestTree: files in folders, and their names, are searched; links are not followed, and two files are
// not one stream.
func TestTree(t *testing.T) {
	f, set := frames(t)
	dir := t.TempDir()
	put := func(name string, b []byte) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	put("a", f[0].Data[:4])
	put("b", f[0].Data[4:8])
	got, err := search.Tree(dir, set)
	if err != nil || got.Hits != 0 || got.Bytes != 8+2+int64(len(filepath.Base(dir))) {
		t.Errorf("clean: %v, %v", got, err)
	}
	put("deep/in/it", append(make([]byte, 4097), f[2].Data[9:18]...))
	if err := os.Symlink(filepath.Join(dir, "deep", "in", "it"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	got, err = search.Tree(dir, set)
	if err != nil || got.Hits != 2 || len(got.Places) != 1 || got.Places[0].Name != filepath.Join("deep", "in", "it") || got.Frames[0] != 2 {
		t.Errorf("planted: %v, %v", got, err)
	}
	if !strings.Contains(got.String(), "2 hits of 1 frames") || !strings.Contains(got.String(), "deep") {
		t.Errorf("says %q", got)
	}
	if runtime.GOOS != "linux" {
		return
	}
	var name []byte
	for at := 0; at+8 <= len(f[1].Data); at++ { // eight bytes that can be a name
		if w := f[1].Data[at : at+8]; !bytes.ContainsAny(w, "\x00/") {
			name = w
			break
		}
	}
	put(string(name), nil)
	if got, err = search.Tree(dir, set); err != nil || got.Hits != 3 {
		t.Errorf("in a name: %v, %v", got, err)
	}
}

// TestHalfTree: a file that cannot be read is an error, and what is no file is not waited for.
func TestHalfTree(t *testing.T) {
	_, set := frames(t)
	if _, err := search.Tree(filepath.Join(t.TempDir(), "gone"), set); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	if got, err := search.Tree(dir, set); err != nil || got.Hits != 0 {
		t.Errorf("with a pipe: %v, %v", got, err)
	}
	if os.Getuid() == 0 {
		return // may read everything
	}
	if err := os.WriteFile(filepath.Join(dir, "closed"), []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := search.Tree(dir, set); !errors.Is(err, os.ErrPermission) {
		t.Errorf("closed file: %v", err)
	}
}
