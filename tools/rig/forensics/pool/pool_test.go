package pool

import (
	"bytes"
	"testing"
)

// TestPool: each time the camera is plugged in it plays frames of its own, all of them are in the set, and ages are
// counted over all times.
func TestPool(t *testing.T) {
	p, err := New(32, 24)
	if err != nil {
		t.Fatal(err)
	}
	pixels := make([]byte, p.Bytes())
	number := func(b []byte) (all int) {
		all = -1
		p.Set().Search(b, func(_, frame int) { all = frame })
		return all
	}
	first := p.Camera(0)
	for n := range uint32(Share + 3) {
		first.Fill(n, pixels)
		if got := number(pixels); got != int(n%Share) || p.Plug(got) != 1 || p.Age(got) != 0 {
			t.Fatalf("frame %d is number %d of plug %d, %d old", n, got, p.Plug(got), p.Age(got))
		}
	}
	for i, want := range map[int]int{0: 2, 2: 0, 3: Share - 1, Share: Share + 4, 10000: Share + 4} {
		if got := p.Age(i); got != want {
			t.Errorf("frame %d is %d old, want %d", i, got, want)
		}
	}
	second := p.Camera(0)
	second.Fill(5, pixels)
	if got := number(pixels); got != Share+5 || p.Plug(got) != 2 || p.Plugged() != 2 || p.Played() != Share+4 || p.Age(2) != 1 {
		t.Errorf("frame 5 of the second time is number %d", got)
	}
	spare, data := p.Spare()
	if number(data) != spare || p.Err() != nil {
		t.Errorf("the spare frame is number %d, want %d; %v", number(data), spare, p.Err())
	}
	for range Plugs - 2 {
		second = p.Camera(0)
	}
	if second.Fill(0, pixels); number(pixels) != Share*(Plugs-1) || p.Err() != nil {
		t.Errorf("the last time plays number %d; %v", number(pixels), p.Err())
	}
	third := p.Camera(0)
	if third.Fill(0, pixels); p.Err() == nil || number(pixels) == spare {
		t.Error("plugged in too often, and nobody is told")
	}
	// Another pool has nothing in common with it.
	other, err := New(32, 24)
	if err != nil {
		t.Fatal(err)
	}
	if other.Camera(0).Fill(0, pixels); number(pixels) >= 0 {
		t.Error("two runs have frames in common")
	}
	short := make([]byte, 10)
	if other.Camera(0).Fill(0, short); other.Err() == nil || !bytes.Equal(short, make([]byte, 10)) {
		t.Error("a frame of another size, and nobody is told")
	}
}
