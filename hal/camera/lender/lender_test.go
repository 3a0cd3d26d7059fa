package lender

import (
	"errors"
	"strings"
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
	l, err := New(8)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, err := l.Buffer()
	if err != nil {
		t.Fatal(err)
	}
	if len(b) != 8 || cap(b) != 8 {
		t.Errorf("a buffer of %d bytes with room for %d, want 8", len(b), cap(b))
	}
	b[7] = 1
	l.Wipe()
	if b[7] != 0 {
		t.Error("Wipe left a byte")
	}
	var f camera.Frame
	l.Lend(&f, 3, 0, false, 0)
	b[0], b[7] = 1, 1
	if err := l.Return(&f); err != nil || b[0] != 0 || b[7] != 0 {
		t.Errorf("Return: %v, and left % x", err, b)
	}
}

// Close gives the buffer back, once, with or without a frame on loan. That it is wiped before is shown in
// hal/memory and, for each source, in its conformance.
func TestClose(t *testing.T) {
	for _, out := range []bool{false, true} {
		l, err := New(8)
		if err != nil {
			t.Fatal(err)
		}
		b, err := l.Buffer()
		if err != nil {
			t.Fatal(err)
		}
		if f := l.Memory(); f.Locked == strings.Contains(f.Why, "locked") && !strings.HasPrefix(f.Why, "all") {
			t.Errorf("facts %+v", f)
		}
		var f camera.Frame
		if out {
			l.Lend(&f, 8, 0, false, 0)
		}
		b[7] = 1
		for i := range 3 {
			if first, err := l.Close(); first != (i == 0) || err != nil {
				t.Errorf("Close, call %d: %v, %v", i+1, first, err)
			}
		}
		if got := l.block.Bytes(); got != nil || l.Out() {
			t.Errorf("after Close the block has %d bytes, a frame is out: %v", len(got), l.Out())
		}
		if _, err := l.Buffer(); !errors.Is(err, camera.ErrClosed) {
			t.Errorf("Buffer after Close: %v", err)
		}
		if err := l.Return(&f); !errors.Is(err, camera.ErrClosed) || f.Data != nil {
			t.Errorf("Return after Close: %v", err)
		}
		l.Wipe() // harmless
		if l.Lend(&f, 8, 0, false, 0); len(f.Data) != 0 || !f.Damaged {
			t.Errorf("Lend after Close gives %d bytes", len(f.Data))
		}
	}
}
