package crowd

import (
	"io"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/hal/camera"
	"tellijn/hal/camera/feed"
)

// count plays a minute several times to the counting of a device.
func count(t *testing.T, m *Minute, frames int) (forward, backward uint32) {
	t.Helper()
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- m.Play(w, 1_000_000, stop) }()
	start := time.Now()
	src, err := feed.NewSource(r, func() time.Duration { return time.Since(start) })
	if err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.New(&b.Scene, src.Format())
	if err != nil {
		t.Fatal(err)
	}
	var f camera.Frame
	for n := range frames {
		if err := src.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		if f.Sequence != uint32(n) {
			t.Fatalf("frame %d is number %d", n, f.Sequence)
		}
		if err := p.Reduce(&f); err != nil {
			t.Fatal(err)
		}
		if _, err := src.Return(&f); err != nil {
			t.Fatal(err)
		}
		p.Count(uint32(n))
	}
	close(stop)
	r.CloseWithError(io.ErrClosedPipe)
	<-done
	s := p.Close(uint32(frames))
	return s.Lines[0].Forward, s.Lines[0].Backward
}

func TestBusyAndEmpty(t *testing.T) {
	busy, err := Busy(7)
	if err != nil {
		t.Fatal(err)
	}
	// A minute has 1500 frames.
	if f, b := count(t, busy, 1500); f < 8 || b < 8 {
		t.Errorf("a busy minute has %d forward and %d backward, want 8 or more each", f, b)
	}
	empty, err := Empty(7)
	if err != nil {
		t.Fatal(err)
	}
	if f, b := count(t, empty, 1000); f != 0 || b != 0 {
		t.Errorf("nobody came, counted %d forward and %d backward", f, b)
	}
}
