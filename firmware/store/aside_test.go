package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Whoever waits in vain for a file that is in use changes nothing, however often, and not even when it is
// ended in the middle: no note is left that would have the next start take the file for damaged.
func TestWaitingLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	f, err := Open(path, Options{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for range maxAttempts + 2 {
		if _, err := Open(path, Options{MaxSize: 1 << 20, Wait: time.Millisecond}); !errors.Is(err, ErrBusy) {
			t.Fatalf("%v, want ErrBusy", err)
		}
	}
	waiting := make(chan error)
	go func() { _, err := Open(path, Options{MaxSize: 1 << 20, Wait: 300 * time.Millisecond}); waiting <- err }()
	for range 10 {
		time.Sleep(20 * time.Millisecond)
		if _, err := os.Stat(path + ".opening"); err == nil {
			t.Fatal("a note beside a file that somebody else has")
		}
	}
	if err := <-waiting; !errors.Is(err, ErrBusy) {
		t.Fatal(err)
	}
	f.Close()
	if f, err = Open(path, Options{MaxSize: 1 << 20}); err != nil || f.Aside != "" {
		t.Fatalf("%v, set aside %q", err, f.Aside)
	}
	f.Close()
}
