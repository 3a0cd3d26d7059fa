package pieces

import (
	"bytes"
	"io"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"tellijn/hal/camera"
	"tellijn/privacy/privacytest/canary"
)

func frames(t testing.TB, n int) ([]canary.Frame, *canary.Set) {
	t.Helper()
	f := camera.Format{Pixel: camera.GREY, Width: 320, Height: 240, Stride: 320, Interval: time.Second / 30}
	all, set, err := canary.New(f, n, canary.Seed{7})
	if err != nil {
		t.Fatal(err)
	}
	return all, set
}

// TestSearch sees that rows are told from words, and both are found over the border of two reads, with their pages.
func TestSearch(t *testing.T) {
	frames, set := frames(t, 2)
	memory := make([]byte, 3<<20)
	row := frames[0].Data[:1000]
	copy(memory[1<<20-500:], row) // over a border of reads and of pages
	copy(memory[5:], frames[1].Data[100:100+8])
	copy(memory[100:], frames[0].Data[200:200+WordBytes])
	copy(memory[2<<20-4:], frames[1].Data[300:300+24]) // over a border
	copy(memory[4000:], frames[1].Data[:7])            // too short
	copy(memory[len(memory)-WordBytes-1:], frames[1].Data)
	got, err := Search(bytes.NewReader(memory), set)
	want := Found{Rows: 2, RowHits: 1000 - 7 + WordBytes + 1 - 7, Frames: []Frame{{0, 1000 - 7}, {1, WordBytes + 1 - 7}},
		Words: 3, WordHits: 1 + WordBytes - 7 + 17, Longest: WordBytes, Bytes: int64(len(memory)), Pages: []int64{255, 256, 767}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("found %+v, %v, want %+v", got, err, want)
	}
	if got, err := Search(iotest.ErrReader(io.ErrClosedPipe), set); err == nil {
		t.Errorf("a stream that breaks gives %+v without an error", got)
	}
}

// TestWalk: wherever pieces lie, whatever the reads are, each is found whole, once, and in order.
func TestWalk(t *testing.T) {
	if raceDetector {
		t.Skip("the search does one thing at a time, and is slow with the race detector")
	}
	frames, set := frames(t, 3)
	rapid.Check(t, func(t *rapid.T) {
		memory := make([]byte, 2<<20+rapid.IntRange(0, 5000).Draw(t, "more"))
		var want []Piece
		for at := rapid.IntRange(1, 100).Draw(t, "first"); len(want) < 20; {
			n := rapid.IntRange(canary.Window, 9000).Draw(t, "bytes")
			if at+n >= len(memory) {
				break
			}
			f, from := rapid.IntRange(0, 2).Draw(t, "frame"), rapid.IntRange(1, 60000).Draw(t, "from")
			copy(memory[at:at+n], frames[f].Data[from:])
			memory[at-1], memory[at+n] = ^frames[f].Data[from-1], ^frames[f].Data[from+n] // no longer by chance
			want = append(want, Piece{int64(at), n, f})
			at += n + rapid.OneOf(rapid.IntRange(2, 20), rapid.IntRange(2, 1<<19)).Draw(t, "gap")
		}
		var got []Piece
		size, err := Walk(iotest.HalfReader(bytes.NewReader(memory)), set, func(p Piece) { got = append(got, p) })
		if err != nil || size != int64(len(memory)) || !reflect.DeepEqual(got, want) {
			t.Fatalf("%d bytes, %v: %v, want %v", size, err, got, want)
		}
	})
}

// TestOlder tells the newest frame from those that are over, and how old the oldest is.
func TestOlder(t *testing.T) {
	ages := map[int]int{5: 0, 4: 1, 3: 2, 31: 4}
	for _, c := range []struct {
		f       Found
		windows int
		age     int
	}{
		{Found{}, 0, 0},
		{Found{Frames: []Frame{{5, 100}}, RowHits: 100}, 0, 0},
		{Found{Frames: []Frame{{3, 70}, {5, 100}}, RowHits: 170}, 70, 2},
		{Found{Frames: []Frame{{4, 20}, {31, 10}, {3, 5}}, RowHits: 35}, 15, 4},
	} {
		before := len(c.f.Frames)
		if windows, age := c.f.Older(func(n int) int { return ages[n] }); windows != c.windows || age != c.age || len(c.f.Frames) != before {
			t.Errorf("%+v: %d windows, %d frames; want %d and %d", c.f, windows, age, c.windows, c.age)
		}
	}
}

func TestWhole(t *testing.T) {
	for n, want := range map[int]int{0: 0, 7: 0, 8: 1, 4096: 4089, 4100: 4089, 4104: 4090, 320 * 240 * 2: 37*4089 + 2041} {
		if got := Whole(n); got != want {
			t.Errorf("Whole(%d) = %d, want %d", n, got, want)
		}
	}
	// Three buffers of 38 pages, five transfers of 4.
	if got := MaxPages(320 * 240 * 2); got != 134 {
		t.Errorf("%d pages, want 134", got)
	}
}
