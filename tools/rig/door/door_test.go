package door

import (
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/hal/camera"
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

// TestCounted lets the counter of every device look at the door, as it would through the camera: all frames, and with
// one of five lost.
func TestCounted(t *testing.T) {
	b, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	for _, lost := range []uint32{0, 5} {
		d, err := New(261, &b.Scene)
		if err != nil {
			t.Fatal(err)
		}
		f := camera.Format{Pixel: camera.YUYV, Width: Width, Height: Height, Stride: 2 * Width, Interval: time.Second / Rate}
		p, err := pipeline.New(&b.Scene, f)
		if err != nil {
			t.Fatal(err)
		}
		c, pixels := d.Camera(), make([]byte, 2*Width*Height)
		forward, backward := 0, 0
		for n := range uint32(700) {
			c.Fill(n, pixels)
			if lost > 0 && n%lost == 0 {
				p.Skip(n)
				continue
			}
			if err := p.Reduce(&camera.Frame{Data: pixels, Sequence: n}); err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Count(n) {
				if x.Forward {
					forward++
				} else {
					backward++
				}
			}
		}
		in, out, _ := d.Passed(0)
		t.Logf("one of %d lost: %d of %d forward, %d of %d backward", lost, forward, in, backward, out)
		if abs(forward-int(in)) > 2 || abs(backward-int(out)) > 2 {
			t.Errorf("one of %d lost: counted %d forward and %d backward, want %d and %d, or 2 off", lost, forward, backward, in, out)
		}
	}
}

func abs(n int) int { return max(n, -n) }
