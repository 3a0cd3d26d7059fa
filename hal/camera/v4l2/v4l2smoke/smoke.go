//go:build linux

// Package v4l2smoke tries hal/camera/v4l2 on a real driver. It never looks at what a frame shows
// and stands outside the data path: tests and the rig call it.
//
// Wiring, for a camera on a desk: plug one USB camera in, point it at anything that is not wholly
// dark, and run
//
//	TELLIJN_CAMERA=/dev/video0 go test -v ./hal/camera/v4l2/v4l2smoke
//
// Without a camera, tools/rig/camera calls the same functions in a virtual machine.
package v4l2smoke

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/cameratest"
	"tellijn/hal/camera/v4l2"
)

// Quick is a small and fast wish that locks nothing, so that a test of many streams stays short.
func Quick(p camera.PixelFormat) v4l2.Options {
	return v4l2.Options{
		Width: 320, Height: 180, Interval: time.Second / 60,
		Accept: []camera.PixelFormat{p}, Settle: -1, Timeout: 10 * time.Second,
	}
}

// Open opens the camera or ends the test.
func Open(t testing.TB, path string, o v4l2.Options) *v4l2.Source {
	t.Helper()
	s, err := v4l2.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Formats runs the conformance suite on the given pixel formats, or on all, and answers how many of
// them the camera has.
func Formats(t *testing.T, path string, try ...camera.PixelFormat) (n int) {
	if len(try) == 0 {
		try = []camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG}
	}
	for _, p := range try {
		t.Run(p.String(), func(t *testing.T) {
			s, err := v4l2.Open(path, Quick(p))
			if errors.Is(err, camera.ErrFormat) && strings.Contains(err.Error(), "offers none") {
				t.Skip("the camera has no such format")
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %+v", s.Driver(), s.Format())
			s.Close()
			n++
			cameratest.Conformance(t, func() camera.Source { return Open(t, path, Quick(p)) }, cameratest.Mapped)
		})
	}
	return n
}

// Sizes asks for sizes that no camera has, and looks at what comes instead.
func Sizes(t *testing.T, path string) {
	for _, size := range [][2]int{{333, 241}, {8, 8}, {655, 471}, {1001, 999}} {
		o := Quick(camera.YUYV)
		o.Width, o.Height, o.Accept, o.Interval = size[0], size[1], nil, time.Second/30
		s := Open(t, path, o)
		f := s.Format()
		if err := f.Check(); err != nil {
			t.Errorf("asked for %v: %v", size, err)
		}
		Frames(t, s, 2)
		t.Logf("asked for %dx%d, got %+v", size[0], size[1], f)
		s.Close()
	}
}

// Restart opens and closes the stream again and again; nothing may stay behind.
func Restart(t *testing.T, path string) {
	fds, maps := Held(t)
	for i := range 8 {
		o := Quick(camera.YUYV)
		o.Accept, o.Buffers = nil, 2+i%3
		s := Open(t, path, o)
		Frames(t, s, 3)
		if i%2 == 1 { // once in two with a frame on loan
			var f camera.Frame
			if err := s.Borrow(&f); err != nil {
				t.Error(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Errorf("close %d: %v", i, err)
		}
	}
	if f, m := Held(t); f != fds || m != maps {
		t.Errorf("descriptors went from %d to %d, mappings of the camera from %d to %d", fds, f, maps, m)
	}
}

// Settles opens the camera as the eye does and logs what was locked.
func Settles(t *testing.T, path string) {
	s := Open(t, path, v4l2.Options{Width: 320, Height: 180, Mains: 50, Timeout: 10 * time.Second})
	defer s.Close()
	Frames(t, s, 3)
	t.Logf("%+v, %v", s.Format(), s.Locks())
}

// Frames takes n sound frames; a camera may begin with some that are not.
func Frames(t testing.TB, s *v4l2.Source, n int) {
	t.Helper()
	var f camera.Frame
	for tries := 0; n > 0; tries++ {
		if tries > 4*n+20 {
			t.Fatalf("%d frames came, and %d more sound ones were wanted", tries, n)
		}
		if err := s.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		if !f.Damaged {
			n--
		}
		if _, err := s.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
}

// Held counts the open descriptors of this process and its mappings of a camera.
func Held(t testing.TB) (fds, maps int) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return len(list), strings.Count(string(b), "/dev/video")
}
