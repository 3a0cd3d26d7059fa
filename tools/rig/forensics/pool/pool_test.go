package pool

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
)

// number tells of which frame pixels are.
func number(p *Pool, b []byte) (all int) {
	all = -1
	p.Set().Search(b, func(_, frame int) { all = frame })
	return all
}

// TestPool: each time the camera is plugged in it plays frames of its own, all of them are in the set, and ages are
// counted over all times.
func TestPool(t *testing.T) {
	for _, format := range []string{"yuyv 32x24", "mjpeg 64x48"} {
		p, err := New(format, 0)
		if err != nil {
			t.Fatal(err)
		}
		play := func(c *usbcam.Camera, n uint32) int {
			pixels := make([]byte, p.Bytes())
			if strings.HasPrefix(format, "mjpeg") {
				pixels = c.Code(n)
			} else {
				c.Fill(n, pixels)
			}
			return number(p, pixels)
		}
		first := p.Camera()
		for n := range uint32(Share + 3) {
			if got := play(first, n); got != int(n%Share) || p.Plug(got) != 1 || p.Age(got) != 0 {
				t.Fatalf("%s: frame %d is number %d of plug %d, %d old", format, n, got, p.Plug(got), p.Age(got))
			}
		}
		for i, want := range map[int]int{0: 2, 2: 0, 3: Share - 1, Share: Share + 4, 10000: Share + 4} {
			if got := p.Age(i); got != want {
				t.Errorf("frame %d is %d old, want %d", i, got, want)
			}
		}
		if got := play(p.Camera(), 5); got != Share+5 || p.Plug(got) != 2 || p.Plugged() != 2 || p.Begun() != Share+4 || p.Age(2) != 1 {
			t.Errorf("frame 5 of the second time is number %d", got)
		}
		spare, data := p.Spare()
		if number(p, data) != spare || p.Err() != nil {
			t.Errorf("the spare frame is number %d, want %d; %v", number(p, data), spare, p.Err())
		}
		if mjpeg := format[0] == 'm'; (p.Chance() > 0) != mjpeg {
			t.Errorf("%s: %d by chance", format, p.Chance())
		}
		for range Plugs - 3 {
			p.Camera()
		}
		if got := play(p.Camera(), 0); got != Share*(Plugs-1) || p.Err() != nil {
			t.Errorf("the last time plays number %d; %v", got, p.Err())
		}
		if got := play(p.Camera(), 0); p.Err() == nil || got == spare {
			t.Error("plugged in too often, and nobody is told")
		}
		other, err := New(format, 0) // another pool has nothing in common with it
		if err != nil {
			t.Fatal(err)
		}
		if _, b := other.Spare(); format[0] == 'y' && number(p, b) >= 0 {
			t.Error("two runs have frames in common")
		}
	}
}

// TestFormats: what no camera has is refused, and a device is told what this one has.
func TestFormats(t *testing.T) {
	for _, c := range []struct {
		format string
		rate   int
	}{{"rgb 32x24", 10}, {"yuyv", 10}, {"yuyv 32", 10}, {"yuyv 32x24", -1}, {"yuyv 32x24", 121}, {"yuyv 0x0", 10}, {"mjpeg 9000x9000", 10}} {
		if _, err := New(c.format, c.rate); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
	p, err := New("mjpeg 64x48", 15)
	if want := "format = \"MJPG\"\nwidth = 64\nheight = 48\nfps = 15\n"; err != nil || p.Table() != want || p.Config() != "" {
		t.Errorf("%q, %v, want %q", p.Table(), err, want)
	}
	if c := p.Camera(); c.Pace != time.Second/15 || len(c.Offers) != 1 || !c.Offers[0].MJPEG || c.Offers[0].Most != p.Bytes() {
		t.Errorf("%+v", c.Offers)
	}
}

// TestTaken: a frame is taken when the next one may be sent, and not before.
func TestTaken(t *testing.T) {
	p, err := New("yuyv 32x24", 0)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Camera()
	if !c.Ready() || p.Played() != 0 {
		t.Error("before the first frame")
	}
	c.Seen(usbcam.Sent)
	if p.Played() != 0 || !c.Ready() || p.Played() != 1 || !c.Ready() || p.Played() != 1 {
		t.Errorf("%d were taken, want 1", p.Played())
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	done := make(chan error)
	go func() { done <- p.Await(ctx, 2) }()
	for range 3 { // it may begin to wait behind the first of them
		time.Sleep(20 * time.Millisecond)
		c.Seen(usbcam.Sent)
		c.Ready()
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	short, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer end()
	if err := p.Await(short, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing was taken: %v", err)
	}
	go func() { done <- p.Sent(ctx) }()
	for sent := false; !sent; {
		c.Seen(usbcam.Sent)
		select {
		case err := <-done:
			if sent = true; err != nil {
				t.Error(err)
			}
		case <-time.After(time.Millisecond):
		}
	}
	if err := p.Sent(short); err == nil {
		t.Error("no frame was sent, and it says so")
	}
	c.Ready()
	p.Rest(true)
	if c.Seen(usbcam.Sent); c.Ready() || c.Ready() {
		t.Error("it rests, and begins a frame")
	}
	c.Fill(0, make([]byte, p.Bytes()))
	go func() { done <- p.Quiet(ctx) }()
	for _, step := range []func(){func() { c.Seen(usbcam.Sent) }, func() { c.Ready() }} {
		select {
		case err := <-done:
			t.Fatalf("it is quiet too early: %v", err)
		case <-time.After(30 * time.Millisecond):
		}
		step()
	}
	if err := <-done; err != nil || c.Ready() {
		t.Errorf("it is not quiet: %v", err)
	}
	p.Rest(false)
	p.Pace(1 << 30) // nobody: it cannot be told, and the film goes on
	c.Seen(usbcam.Sent)
	if !c.Ready() {
		t.Error("it waits for a process that is not there")
	}
}

// TestHalf: only the next frame comes by half, which is waited for.
func TestHalf(t *testing.T) {
	p, err := New("yuyv 32x24", 0)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Camera()
	for _, bad := range []error{p.Fault("half", 2), p.Fault("short", 1)} {
		if !errors.Is(bad, bench.ErrCannot) {
			t.Errorf("%v, want that it cannot be", bad)
		}
	}
	if err := p.Fault("half", 1); err != nil {
		t.Fatal(err)
	}
	if a, b := c.Fault(0), c.Fault(1); a != usbcam.Half || b != usbcam.None {
		t.Errorf("faults %v and %v", a, b)
	}
	short, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer end()
	if err := p.Half(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("before: %v", err)
	}
	if c.Seen(usbcam.Paused); !p.Paused() {
		t.Error("it has not paused")
	}
	if err := p.Half(t.Context()); err != nil {
		t.Error(err)
	}
	p.Camera()
	again, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer end()
	if p.Half(again) == nil || p.Paused() {
		t.Error("plugged in again it has not paused")
	}
	for _, err := range []error{second(p.Replayed()), second(p.Truth())} {
		if !errors.Is(err, bench.ErrCannot) {
			t.Error(err)
		}
	}
}

func second(_ []bench.Counts, err error) error { return err }
