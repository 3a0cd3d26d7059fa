package door

import (
	"testing"

	"tellijn/boards"
)

// TestDoor draws half a minute and counts the frames; those of another size are refused.
func TestDoor(t *testing.T) {
	b, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(261, &b.Scene)
	if err != nil {
		t.Fatal(err)
	}
	one, two := make([]byte, 2*Width*Height), make([]byte, 2*Width*Height)
	c := d.Camera()
	const frames = 300
	for n := range uint32(frames) {
		if c.Fill(n, one); n == 0 {
			c.Fill(n, two)
		}
		if n == frames/2 { // another one goes on where this one stopped
			c = d.Camera()
		}
	}
	same := 0
	for i := range one {
		if one[i] == two[i] {
			same++
		}
	}
	if same > len(one)*9/10 {
		t.Errorf("%d of %d bytes of the first and the last frame are the same: nothing moves", same, len(one))
	}
	want := map[bool]uint32{}
	for _, cross := range d.sim.Truth() {
		if cross.Frame <= frames {
			want[cross.Forward]++
		}
	}
	forward, backward, n := d.Passed(0)
	if n != frames+1 || forward != want[true] || backward != want[false] || forward+backward == 0 || d.Err() != nil {
		t.Errorf("%d forward, %d backward in %d frames, want %v; %v", forward, backward, n, want, d.Err())
	}
	if c.Fill(0, make([]byte, 2*640*480)); d.Err() == nil {
		t.Error("a frame of another size was drawn")
	}
}
