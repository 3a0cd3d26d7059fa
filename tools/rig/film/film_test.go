package film

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/firmware/config"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
)

// board is an eye and its driver as the camera sees them, and the warden that adds up.
type board struct {
	t      rapid.TB
	f      *Film
	cam    *usbcam.Camera
	number uint32
	eye    *pipeline.Pipeline
	seq    uint32
	booked []bench.Counts
	taken  int
}

func newBoard(t rapid.TB, f *Film) *board {
	return &board{t: t, f: f, booked: make([]bench.Counts, f.Scene().NLines)}
}

// plug plugs a camera in; open lets an eye open it and look at so many frames before it counts.
func (b *board) plug() { b.cam, b.number = b.f.Camera(), 0 }

func (b *board) open(settle int) {
	b.t.Helper()
	b.cam.Seen(usbcam.Started)
	sc := b.f.Scene()
	var err error
	if b.eye, err = pipeline.New(&sc, b.f.Format()); err != nil {
		b.t.Fatal(err)
	}
	b.seq = 0
	for range settle {
		b.begin()
		b.cam.Seen(usbcam.Sent)
		b.seq++
	}
	b.cam.Seen(usbcam.Held)
}

// begin asks for one frame, as the camera does.
func (b *board) begin() (data []byte, fault usbcam.Fault) {
	b.t.Helper()
	if !b.cam.Ready() {
		b.t.Fatal("the next frame was not ready")
	}
	fault = b.cam.Fault(b.number)
	m := b.f.Format()
	if m.Pixel == camera.MJPEG {
		data = slices.Clone(b.cam.Code(b.number))
	} else {
		data = make([]byte, m.Stride*m.Height)
		b.cam.Fill(b.number, data)
	}
	b.number++
	return data, fault
}

// count lets the eye count on one frame that arrives.
func (b *board) count() {
	b.t.Helper()
	data, fault := b.begin()
	b.cam.Seen(usbcam.Sent)
	b.taken++
	switch {
	case fault == usbcam.Short && b.f.Format().Pixel == camera.MJPEG:
		data = data[:len(data)/2]
	case fault != usbcam.None: // uvcvideo passes over it
		b.seq++
		return
	}
	if b.eye.Reduce(&camera.Frame{Data: data, Sequence: b.seq}) != nil {
		b.eye.Skip(b.seq)
		b.seq++
		return
	}
	for _, c := range b.eye.Count(b.seq) {
		if c.Forward {
			b.booked[c.Line].Forward++
		} else {
			b.booked[c.Line].Backward++
		}
	}
	b.seq++
}

func film(t rapid.TB, o Options) *Film {
	t.Helper()
	z, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	o.Scene = z.Scene
	f, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (b *board) judge() {
	b.t.Helper()
	got, err := b.f.Replayed()
	if err != nil || !slices.Equal(got, b.booked) {
		b.t.Fatalf("replayed %v (%v), the board counted %v", got, err, b.booked)
	}
	if b.f.Counted() != b.taken {
		b.t.Fatalf("%d frames were counted on, the film says %d", b.taken, b.f.Counted())
	}
}

// TestReplayed plays a minute, with an eye that is started anew in the middle, and sees that somebody was counted.
func TestReplayed(t *testing.T) {
	for _, format := range []string{"yuyv 160x120", "mjpeg 160x120"} {
		t.Run(format, func(t *testing.T) {
			f := film(t, Options{Film: "door 5", Format: format})
			defer f.Close()
			b := newBoard(t, f)
			b.plug()
			for _, settle := range []int{32, 12} {
				b.open(settle)
				for i := range 300 {
					switch i {
					case 100:
						f.Fault("short", 3)
					case 200:
						f.Fault("corrupt", 3)
					}
					b.count()
				}
				b.begin() // which does not arrive
				b.cam.Seen(usbcam.Stopped)
			}
			b.judge()
			if b.booked[0].Forward+b.booked[0].Backward < 5 {
				t.Errorf("only %v were counted: nothing is shown", b.booked)
			}
			truth, err := f.Truth()
			if err != nil || far(truth[0].Forward, b.booked[0].Forward) > 2 || far(truth[0].Backward, b.booked[0].Backward) > 2 {
				t.Errorf("truth %v (%v), counted %v", truth, err, b.booked)
			}
			if n := f.Spoilt(); n != 12 {
				t.Errorf("%d frames were spoilt, want 12", n)
			}
			if f.Played() != 600+44 {
				t.Errorf("%d frames were taken, want 644", f.Played())
			}
		})
	}
}

func far(a, b uint32) int { return max(int(a)-int(b), int(b)-int(a)) }

// TestAnyWay lets eyes come and go, cables be pulled and frames be spoilt in any order.
func TestAnyWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := film(t, Options{Film: "door 261", Format: rapid.SampledFrom([]string{"yuyv 160x120", "mjpeg 160x120"}).Draw(t, "format")})
		defer f.Close()
		b := newBoard(t, f)
		b.plug()
		for range rapid.IntRange(1, 3).Draw(t, "lives") {
			b.open(rapid.IntRange(0, 8).Draw(t, "settle"))
			for range rapid.IntRange(0, 2).Draw(t, "spans") {
				kind := rapid.SampledFrom([]string{"", "", "error", "short", "long", "corrupt", "resized", "bright"}).Draw(t, "fault")
				if kind != "" {
					if err := f.Fault(kind, rapid.IntRange(1, 9).Draw(t, "spoilt")); err != nil && !errors.Is(err, bench.ErrCannot) {
						t.Fatal(err)
					}
				}
				for range rapid.IntRange(0, 15).Draw(t, "frames") {
					b.count()
				}
			}
			switch rapid.IntRange(0, 3).Draw(t, "end") {
			case 0:
				b.begin()
				b.cam.Seen(usbcam.Stopped)
			case 1:
				b.cam.Seen(usbcam.Stopped)
			case 2: // between two frames
				b.cam.Ready()
				b.cam.Seen(usbcam.Pulled)
				b.plug()
			case 3: // in the middle of one
				b.begin()
				b.cam.Seen(usbcam.Pulled)
				b.plug()
			}
		}
		b.judge()
	})
}

// TestUnsure: of a frame that was sent when the cable was pulled nobody knows whether it was taken.
func TestUnsure(t *testing.T) {
	f := film(t, Options{Film: "door 5", Format: "yuyv 160x120"})
	b := newBoard(t, f)
	b.plug()
	b.open(3)
	b.count()
	b.cam.Seen(usbcam.Pulled)
	if _, err := f.Replayed(); err == nil || f.Hurried() != 1 {
		t.Errorf("%v, %d", err, f.Hurried())
	}
}

// TestStall: nothing comes meanwhile, and the rest waits for what is under way.
func TestStall(t *testing.T) {
	f := film(t, Options{Film: "pattern", Format: "yuyv 160x120"})
	b := newBoard(t, f)
	b.plug()
	b.open(0)
	b.begin()
	b.cam.Seen(usbcam.Sent)
	go func() { // the camera asks while it waits
		for range 100 {
			b.cam.Ready()
			time.Sleep(time.Millisecond)
		}
	}()
	began := time.Now()
	if err := f.Fault("stall", 1); err != nil || f.Counted() != 1 {
		t.Errorf("%v; %d frames were counted on when it came back, want 1", err, f.Counted())
	}
	for !b.cam.Ready() {
		time.Sleep(time.Millisecond)
	}
	if d := time.Since(began); d < 900*time.Millisecond {
		t.Errorf("the next frame came after %v", d)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if err := f.Await(ctx, 1); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "0 frames of 1") {
		t.Errorf("%v", err)
	}
}

// TestConfig sees that a device gets the camera and the scene of the film.
func TestConfig(t *testing.T) {
	z, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ o Options }{{Options{Film: "door 1"}}, {Options{Film: "dark", Format: "mjpeg 640x480", Rate: 25}}, {Options{Film: "clip patio"}}} {
		tc.o.Scene = z.Scene
		f, err := Open(tc.o)
		if err != nil {
			t.Log(err)
			continue
		}
		b := z
		text := fmt.Sprintf("device = \"a\"\n[camera]\ndriver = \"v4l2\"\npath = \"/dev/video0\"\n%s%s", f.Table(), f.Config())
		if err := config.Apply("a", text, &b); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		m := f.Format()
		if b.Scene != f.Scene() || b.Wanted.Pixel != m.Pixel || b.Wanted.Width != m.Width || b.Wanted.Height != m.Height || b.Wanted.Interval.Round(10*time.Microsecond) != m.Interval.Round(10*time.Microsecond) {
			t.Errorf("%s: the device has %+v, %+v, the film %+v, %+v", tc.o.Film, b.Wanted, b.Scene, m, f.Scene())
		}
	}
	for _, o := range []Options{{Film: "door"}, {Film: "rain"}, {Film: "dark 3"}, {Film: "door 5", Format: "rgb 3x3"}, {Film: "door 5", Rate: 200}, {Film: "door 5", Format: "yuyv 321x240"}} {
		o.Scene = z.Scene
		if _, err := Open(o); err == nil {
			t.Errorf("%+v was opened", o)
		}
	}
	f := film(t, Options{Film: "dark", Format: "mjpeg 64x48"})
	if data, err := f.reel.Next(); err != nil || usable(data, "resized", f.Format()) == nil || bytes.Equal(data, usable(data, "resized", f.Format())) {
		t.Errorf("a resized frame is as it was: %v", err)
	}
	for kind, n := range map[string]int{"rain": 1, "error": 0, "bright": 1} {
		if err := f.Fault(kind, n); err == nil {
			t.Errorf("fault %s, %d was taken", kind, n)
		}
	}
}
