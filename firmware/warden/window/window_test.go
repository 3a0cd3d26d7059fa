package window

import (
	"os"
	"testing"
	"time"
)

// What is sent arrives in order, and a window that closes lets what waits be seen.
func TestWindow(t *testing.T) {
	r, f, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w := New(f)
	for _, word := range []string{"a", "b", "c"} {
		w.Send(func(f *os.File) error { _, err := f.WriteString(word); return err })
	}
	w.Close()
	b := make([]byte, 9)
	if n, err := r.Read(b); err != nil || string(b[:n]) != "abc" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

// Somebody who does not look holds nobody up, and one who went away is noticed.
func TestNobodyLooks(t *testing.T) {
	r, f, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := New(f)
	stuck := make(chan struct{})
	w.Send(func(*os.File) error { <-stuck; return os.ErrClosed })
	began := time.Now()
	for range 1000 {
		w.Send(func(*os.File) error { return nil })
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("held up for %v", took)
	}
	select {
	case <-w.Lost():
		t.Error("lost while somebody may still look")
	default:
	}
	close(stuck)
	select {
	case <-w.Lost():
	case <-time.After(5 * time.Second):
		t.Error("nobody looks any more, and it is not noticed")
	}
	w.Close()
	r.Close()
}

func TestNothing(t *testing.T) {
	w := New(nil)
	w.Send(func(*os.File) error { t.Error("written to nothing"); return nil })
	if w.Lost() != nil {
		t.Error("nothing is lost")
	}
	w.Close()
}
