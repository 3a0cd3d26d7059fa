package keys

import (
	"os"
	"testing"
	"time"
)

// press waits for a key.
func press(t *testing.T, keys <-chan rune) rune {
	t.Helper()
	select {
	case k := <-keys:
		return k
	case <-time.After(5 * time.Second):
		t.Fatal("no key came")
		return 0
	}
}

func TestLines(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	pressed, single, end := Listen(r)
	defer end()
	if single {
		t.Error("a pipe is called a terminal")
	}
	if _, err := w.WriteString("n\n\n  Quit, please\nq"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	for i, want := range []rune{'n', 'q', 'q'} {
		if k := press(t, pressed); k != want {
			t.Errorf("key %d: %q, want %q", i, k, want)
		}
	}
	select {
	case k := <-pressed:
		t.Errorf("%q came after the end", k)
	case <-time.After(50 * time.Millisecond):
	}
}
