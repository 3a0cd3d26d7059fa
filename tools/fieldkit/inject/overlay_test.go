package inject

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// An overlay reads as a copy of what lies below does in which the same was written, in any order and with holes
// between.
func TestOverlay(t *testing.T) {
	const size, from, to = 20 * page, 3*page + 100, 17*page - 50
	below := make([]byte, size)
	rand.NewChaCha8([32]byte{1}).Read(below)
	rapid.Check(t, func(t *rapid.T) {
		o := &overlay{below: bytes.NewReader(below), from: from, to: to, pages: map[int64]*[page]byte{}}
		want := bytes.Clone(below)
		clear(want[from:to])
		for range rapid.IntRange(0, 5).Draw(t, "writes") {
			at := rapid.IntRange(from, to-1).Draw(t, "at")
			b := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.IntRange(0, min(3*page, to-at)).Draw(t, "bytes"))
			copy(want[at:], b)
			if n, err := o.WriteAt(b, int64(at)); n != len(b) || err != nil {
				t.Fatal(n, err)
			}
		}
		for range 5 {
			at := rapid.IntRange(0, size-1).Draw(t, "read at")
			got := make([]byte, rapid.IntRange(0, size-at).Draw(t, "read"))
			if n, err := o.ReadAt(got, int64(at)); n != len(got) || err != nil || !bytes.Equal(got, want[at:at+len(got)]) {
				t.Fatal("another byte", n, err)
			}
		}
	})
	o := &overlay{below: bytes.NewReader(below), from: from, to: to, pages: map[int64]*[page]byte{}}
	for _, at := range []int64{from - 1, to, to - 1} {
		if _, err := o.WriteAt(make([]byte, 2), at); err == nil {
			t.Errorf("writes two bytes at %d", at)
		}
	}
	if n, err := o.ReadAt(make([]byte, 20), size-10); n != 10 || !errors.Is(err, io.EOF) {
		t.Error(n, err)
	}
}
