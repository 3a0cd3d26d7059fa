package v4l2

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/abi"
)

func TestNegotiation(t *testing.T) {
	raw, packed := offer{camera.YUYV, 640, 480, []uint32{30, 15}}, offer{camera.MJPEG, 640, 480, []uint32{30}}
	slow := offer{camera.YUYV, 640, 480, []uint32{10}}
	for _, c := range []struct {
		name   string
		offers []offer
		set    func(f *fake)
		want   camera.Format
		says   string
	}{
		{"raw first", []offer{packed, raw}, nil, camera.Format{Pixel: camera.YUYV, Width: 640, Height: 480, Stride: 1280, Interval: time.Second / 30}, ""},
		{"MJPEG where raw is slow", []offer{slow, packed}, nil, camera.Format{Pixel: camera.MJPEG, Width: 640, Height: 480, Interval: time.Second / 30}, ""},
		{"padded rows", []offer{raw}, func(f *fake) {
			f.adjust = func(p *abi.Pix) { p.BytesPerLine, p.FrameBytes = 1344, 1344*480 }
		}, camera.Format{Pixel: camera.YUYV, Width: 640, Height: 480, Stride: 1344, Interval: time.Second / 30}, ""},
		{"the driver takes another size", []offer{raw}, func(f *fake) {
			f.adjust = func(p *abi.Pix) { p.Width, p.Height, p.BytesPerLine, p.FrameBytes = 352, 288, 704, 704*288 }
		}, camera.Format{Pixel: camera.YUYV, Width: 352, Height: 288, Stride: 704, Interval: time.Second / 30}, ""},
		{"the driver swaps the format", []offer{raw, packed}, func(f *fake) {
			f.adjust = func(p *abi.Pix) { p.Pixel = uint32(camera.MJPEG) }
		}, camera.Format{Pixel: camera.MJPEG, Width: 640, Height: 480, Interval: time.Second / 30}, ""},
		{"a format that fails is passed over", []offer{raw, packed}, func(f *fake) {
			f.fails["format YUYV 640x480"] = unix.EINVAL
		}, camera.Format{Pixel: camera.MJPEG, Width: 640, Height: 480, Interval: time.Second / 30}, ""},
		{"no rates at all", []offer{raw}, func(f *fake) { f.noParm = true }, camera.Format{Pixel: camera.YUYV, Width: 640, Height: 480, Stride: 1280, Interval: time.Second / 30}, ""},
		{"fixed rate", []offer{raw}, func(f *fake) {
			f.parm = abi.StreamParm{Numerator: 1, Denominator: 25}
		}, camera.Format{Pixel: camera.YUYV, Width: 640, Height: 480, Stride: 1280, Interval: time.Second / 25}, ""},
		{"stride too small", []offer{raw}, func(f *fake) { f.adjust = func(p *abi.Pix) { p.BytesPerLine = 1279 } }, camera.Format{}, "stride 1279"},
		{"frame too small for the stride", []offer{raw}, func(f *fake) { f.adjust = func(p *abi.Pix) { p.BytesPerLine = 1300 } }, camera.Format{}, "sizes a frame"},
		{"half frames", []offer{raw}, func(f *fake) { f.adjust = func(p *abi.Pix) { p.Field = 7 } }, camera.Format{}, "field order 7"},
		{"nothing that can be read", []offer{{camera.PixelFormat('H' | '2'<<8 | '6'<<16 | '4'<<24), 640, 480, nil}}, nil, camera.Format{}, "it has [H264]"},
		{"nothing at all", nil, nil, camera.Format{}, "offers none"},
	} {
		f := newFake(c.offers...)
		if c.set != nil {
			c.set(f)
		}
		s, err := tryStart(f, Options{Settle: -1})
		if c.says != "" {
			if !errors.Is(err, camera.ErrFormat) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want camera.ErrFormat with %q", c.name, err, c.says)
			}
			if f.log[len(f.log)-1] != "webcam closes" {
				t.Errorf("%s: left open: %q", c.name, f.log)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s.Format() != c.want || s.Driver() != "fake" {
			t.Errorf("%s: %+v of %q, want %+v", c.name, s.Format(), s.Driver(), c.want)
		}
		if !slices.Contains(f.log, "start 3") {
			t.Errorf("%s: not 3 buffers: %q", c.name, f.log)
		}
		s.Close()
	}
}

func TestSwappedFormatIsNotTaken(t *testing.T) {
	f := newFake(yuyv)
	f.adjust = func(p *abi.Pix) { p.Pixel = uint32(camera.GREY) }
	if _, err := tryStart(f, still); !errors.Is(err, camera.ErrFormat) || !strings.Contains(err.Error(), "the camera set GREY") {
		t.Errorf("asked for YUYV, set GREY: %v", err)
	}
}

func TestNodesWithoutFramesAreRefused(t *testing.T) {
	for caps, says := range map[uint32]string{abi.CapMeta: "metadata node", abi.CapCapturePlane: "several planes", 0: "gives no frames"} {
		f := newFake(yuyv)
		f.caps.DeviceCaps = caps
		if _, err := tryStart(f, still); !errors.Is(err, camera.ErrFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("node with %#x: %v, want %q", caps, err, says)
		}
	}
}

func TestStartFailures(t *testing.T) {
	for _, c := range []struct {
		set  func(f *fake)
		says string
	}{
		{func(f *fake) { f.fails["start 3"] = unix.ENOSPC }, "accept MJPEG"},
		{func(f *fake) { f.fails["start 3"] = unix.EBUSY }, "another program"},
		{func(f *fake) { f.insist = maxMaps + 1 }, "more than 8 buffers"},
		{func(f *fake) { f.insist = 1 }, "buffer 1"},
		{func(f *fake) { f.extra = -1 }, "the format needs 6144"},
		{func(f *fake) { f.fails["mmap 1"] = unix.ENOMEM }, "mapping buffer 1"},
		{func(f *fake) { f.polls = flags(unix.POLLERR); f.controls[abi.AutoGain] = 1 }, "unplugged"},
	} {
		f := newFake(yuyv)
		c.set(f)
		o := still
		o.Settle = 20
		if _, err := tryStart(f, o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
		if f.log[len(f.log)-1] != "webcam closes" || slices.ContainsFunc(f.log, func(l string) bool { return strings.Contains(l, "NOT") }) {
			t.Errorf("%s: %q", c.says, f.log)
		}
		if f.running {
			t.Errorf("%s: the stream still runs", c.says)
		}
	}
	f := newFake(yuyv)
	f.insist = 5
	s := start(t, f, still)
	if f.log = nil; s.Close() != nil || len(f.log) != 8 {
		t.Errorf("five buffers: %q", f.log)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{Width: 4}, {Height: 5000}, {Interval: time.Hour}, {Buffers: 1}, {Buffers: 5}, {Timeout: time.Millisecond}, {Timeout: time.Hour}, {Settle: -2}, {Settle: 601}, {Mains: 55}, {Guard: &guard{}}} {
		if _, err := Open("/dev/null", o); err == nil || errors.Is(err, hal.ErrAbsent) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestOpenWhatIsNoCamera(t *testing.T) {
	gc := debug.SetGCPercent(100)
	defer debug.SetGCPercent(gc)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/dev/video99", file, "/dev/null", "/dev/zero"} {
		if _, err := Open(path, Options{}); !errors.Is(err, hal.ErrAbsent) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want hal.ErrAbsent", path, err)
		}
	}
	if now := debug.SetGCPercent(100); now != 100 {
		t.Errorf("the collector was left at %d", now)
	}
}

func TestExplain(t *testing.T) {
	for err, says := range map[error]string{unix.EACCES: "group", unix.EBUSY: "another program", errors.New("Not a video capture device"): "USB camera is"} {
		if got := explain("/dev/video0", err); !strings.Contains(got.Error(), says) || !errors.Is(got, err) {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// Before is asked once, with everything set and before any frame can flow; its error ends the opening and
// comes back as it is.
func TestBefore(t *testing.T) {
	no := fmt.Errorf("not confined: %w", unix.EPERM)
	for _, answer := range []error{nil, no} {
		f := newFake(yuyv)
		f.controls[abi.AutoGain] = 1
		o, asked := still, 0
		o.Settle = 20
		o.Before = func(descriptor int) error {
			asked++
			if descriptor != fakeNumber {
				t.Errorf("descriptor %d, want %d", descriptor, fakeNumber)
			}
			if f.running || len(f.bufs) > 0 || f.frames > 0 || !slices.Contains(f.log, "format YUYV 64x48") || f.count != 3 {
				t.Errorf("asked too early or too late: %d buffers of %d, %d frames, %q", len(f.bufs), f.count, f.frames, f.log)
			}
			f.log = nil
			return answer
		}
		s, err := tryStart(f, o)
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		if answer == nil {
			if err != nil || s.Descriptor() != fakeNumber || f.frames == 0 || f.log[0] != "start 3" {
				t.Errorf("%v, %d frames, %q", err, f.frames, f.log)
			}
			for _, l := range f.log {
				if strings.HasPrefix(l, "format") || strings.HasPrefix(l, "interval") {
					t.Errorf("set after it was asked: %q", l)
				}
			}
			continue
		}
		if err != no || !slices.Equal(f.log, []string{"webcam closes"}) {
			t.Errorf("%v, want %v; %q", err, no, f.log)
		}
	}
}
