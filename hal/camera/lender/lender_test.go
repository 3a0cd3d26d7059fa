package lender

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal/camera"
)

func TestSizeIsBounded(t *testing.T) {
	for _, size := range []int{-1, 0, MaxBuffer + 1} {
		if _, err := New(size); !errors.Is(err, camera.ErrFormat) {
			t.Errorf("New(%d): %v, want camera.ErrFormat", size, err)
		}
	}
}

func TestLendCutsWhatDoesNotFit(t *testing.T) {
	l, err := New(8)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, 9} {
		var f camera.Frame
		l.Lend(&f, n, 3, false, time.Second)
		if !f.Damaged || len(f.Data) != 0 || f.Sequence != 3 || l.Since() != time.Second || !l.Out() {
			t.Errorf("Lend of %d bytes from 8: %+v", n, f)
		}
		if err := l.Return(&f); err != nil || l.Out() {
			t.Errorf("Return: %v, out %v", err, l.Out())
		}
	}
}

func TestWipe(t *testing.T) {
	l, _ := New(8)
	b, err := l.Buffer()
	if err != nil {
		t.Fatal(err)
	}
	b[7] = 1
	l.Wipe()
	if b[7] != 0 {
		t.Error("Wipe left a byte")
	}
	b[7] = 1
	if !l.Close() || l.Close() || b[7] != 0 {
		t.Error("Close: want true once, then false, and a wiped buffer")
	}
	if _, err := l.Buffer(); !errors.Is(err, camera.ErrClosed) {
		t.Errorf("Buffer after Close: %v", err)
	}
}
