package canary

import (
	"errors"
	"testing"

	"tellijn/hal/camera"
)

// noise is one frame of n bytes.
func noise(t testing.TB, n int, s Seed) []byte {
	t.Helper()
	random, err := stream(s)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, n)
	random.XORKeyStream(b, b)
	return b
}

// count is how many windows of b are in the set.
func count(s *Set, b []byte) (n int) {
	s.Search(b, func(int, int) { n++ })
	return n
}

// TestEveryOffset: a window at any place of zeros, long runs of which are jumped over, or of other noise.
func TestEveryOffset(t *testing.T) {
	frame := noise(t, 4096, seed)
	set, err := NewSet([]Frame{{Data: frame}})
	if err != nil {
		t.Fatal(err)
	}
	for _, around := range [][]byte{make([]byte, 512), noise(t, 512, seed.Next())} {
		for at := range len(around) - Window {
			b := append([]byte(nil), around...)
			copy(b[at:], frame[1000+at:][:Window])
			b[at+Window] = ^frame[1000+at+Window] // no second one by chance
			if at > 0 {
				b[at-1] = ^frame[1000+at-1]
			}
			found := 0
			set.Search(b, func(i, f int) {
				if i != at || f != 0 {
					t.Errorf("at %d, want %d", i, at)
				}
				found++
			})
			if found != 1 {
				t.Fatalf("window at %d found %d times", at, found)
			}
			b[at+at%Window] ^= 1
			if count(set, b) != 0 {
				t.Fatalf("at %d: found with a bit changed", at)
			}
		}
	}
	for n := range Window {
		if count(set, frame[:n]) != 0 {
			t.Errorf("found in %d bytes", n)
		}
	}
}

// TestLone: a set of one window finds it wherever it lies; no neighbour is there to help.
func TestLone(t *testing.T) {
	frame := noise(t, Window, seed)
	set, err := NewSet([]Frame{{Data: frame}})
	if err != nil || set.Windows() != 1 {
		t.Fatal(err)
	}
	for at := range 16 {
		b := make([]byte, at+Window)
		copy(b[at:], frame)
		if n := count(set, b); n != 1 {
			t.Errorf("at %d found %d times", at, n)
		}
	}
}

// TestKnown: headers, what is known, and zeros are in no set.
func TestKnown(t *testing.T) {
	a, b := noise(t, 100, seed), noise(t, 100, seed.Next())
	clear(b[50:70])
	set, err := NewSet([]Frame{{Data: a, Head: 10, Tail: 20}, {Data: b}}, a[40:52])
	if err != nil {
		t.Fatal(err)
	}
	// 63 windows of the pixels of a but 5 known ones; 93 of b but 13 of zeros.
	if want := 63 - 5 + 93 - 13; set.Windows() != want || set.Repeats() != 0 {
		t.Errorf("%d windows, want %d, %d again", set.Windows(), want, set.Repeats())
	}
	for name, c := range map[string]struct {
		b    []byte
		want int
	}{
		"head": {a[:17], 0}, "first": {a[9:18], 1}, "tail": {a[73:], 0}, "last": {a[72:82], 1},
		"known": {a[40:52], 0}, "before known": {a[39:52], 1}, "zeros": {make([]byte, 300), 0}, "nearly zeros": {b[49:71], 2},
	} {
		if got := count(set, c.b); got != c.want {
			t.Errorf("%s: %d found, want %d", name, got, c.want)
		}
	}
	twice, err := NewSet([]Frame{{Data: a}, {Data: a}})
	if err != nil || twice.Windows() != 93 || twice.Repeats() != 93 {
		t.Errorf("%v %d windows, %d again", err, twice.Windows(), twice.Repeats())
	}
	twice.Search(a, func(_, frame int) {
		if frame != 0 {
			t.Errorf("of frame %d, want the first", frame)
		}
	})
}

// TestOwnCopy: a set does not change with the frames that it was made of.
func TestOwnCopy(t *testing.T) {
	frame := noise(t, 64, seed)
	again := append([]byte(nil), frame...)
	set, err := NewSet([]Frame{{Data: frame}})
	if err != nil {
		t.Fatal(err)
	}
	clear(frame)
	if count(set, again) != 64-Window+1 {
		t.Error("the set went with the frame")
	}
}

func TestSizes(t *testing.T) {
	for name, f := range map[string][]Frame{
		"none": nil, "short": {{Data: make([]byte, Window-1)}}, "no pixels": {{Data: make([]byte, 20), Head: 10, Tail: 3}},
		"head too long": {{Data: make([]byte, 20), Head: 21}}, "negative": {{Data: make([]byte, 20), Tail: -1}},
		"large": {{Data: make([]byte, MaxBytes/2+1)}, {Data: make([]byte, MaxBytes/2)}},
	} {
		if _, err := NewSet(f); !errors.Is(err, ErrSize) {
			t.Errorf("%s: %v, want ErrSize", name, err)
		}
	}
}

// TestMemory: the set of 16 ordinary frames is as small as is said, and so is a small one.
func TestMemory(t *testing.T) {
	n := 16
	if testing.Short() {
		n = 2
	}
	_, set, err := New(format(camera.YUYV, 640, 480, 1280), n, seed)
	if err != nil {
		t.Fatal(err)
	}
	size := n * 614400
	t.Logf("%d windows in %d bytes", set.Windows(), set.Memory())
	if want := n * (614400 - Window + 1); set.Windows() != want || set.Memory() > 11*size {
		t.Errorf("%d windows of %d, in %d bytes", set.Windows(), want, set.Memory())
	}
}

// BenchmarkSearch: memory that is other noise is the worst case, since nothing is alike.
func BenchmarkSearch(b *testing.B) {
	_, set, err := New(format(camera.YUYV, 640, 480, 1280), 16, seed)
	if err != nil {
		b.Fatal(err)
	}
	for name, memory := range map[string][]byte{"zeros": make([]byte, 16<<20), "noise": noise(b, 16<<20, seed.Next())} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(memory)))
			for b.Loop() {
				if n := count(set, memory); n != 0 {
					b.Fatal(n)
				}
			}
		})
	}
}
