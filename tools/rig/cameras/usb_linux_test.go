package cameras

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/hal/camera/v4l2/v4l2smoke"
	"tellijn/tools/rig/inside"
)

// usbNode waits for the camera that is played to the guest, and gives its node for frames (0) or for
// metadata (1).
func usbNode(t *testing.T, index int) string {
	t.Helper()
	onlyGuest(t)
	for start := time.Now(); time.Since(start) < 60*time.Second; time.Sleep(100 * time.Millisecond) {
		if path := inside.Camera(usbcam.Name, index); path != "" {
			return path
		}
	}
	t.Fatal("no USB camera came up")
	return ""
}

// TestGuestUSBSettles comes first: the camera moves its exposure during its first frames only.
func TestGuestUSBSettles(t *testing.T) {
	s := v4l2smoke.Open(t, usbNode(t, 0), v4l2.Options{Width: 320, Height: 240, Mains: 50, Timeout: 10 * time.Second})
	defer s.Close()
	v4l2smoke.Frames(t, s, 3)
	want := "[frame rate locked at 0 mains locked at 50 exposure locked at 120 gain locked at 16 white balance locked at 4600 focus absent]"
	if got := fmt.Sprint(s.Locks()); got != want || s.Driver() != "uvcvideo" {
		t.Errorf("%s: %v, want %v", s.Driver(), got, want)
	}
}

func TestGuestUSBMetadataNode(t *testing.T) {
	if s, err := v4l2.Open(usbNode(t, 1), v4l2.Options{}); !errors.Is(err, camera.ErrFormat) || !strings.Contains(err.Error(), "metadata node") {
		t.Errorf("the metadata node: %v, %v", s, err)
	}
}

func TestGuestUSBFormats(t *testing.T) {
	if n := v4l2smoke.Formats(t, usbNode(t, 0)); n != 2 {
		t.Errorf("%d formats, want YUYV and MJPEG", n)
	}
}

// TestGuestUSBRestart also finds the faults that the camera puts into 2 frames of 40.
func TestGuestUSBRestart(t *testing.T) {
	path := usbNode(t, 0)
	v4l2smoke.Restart(t, path)
	s := v4l2smoke.Open(t, path, v4l2smoke.Quick(camera.YUYV))
	defer s.Close()
	var f camera.Frame
	last, odd := uint32(0), 0
	for i := range 50 {
		if err := s.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		if i > 0 && f.Sequence != last+1 || f.Damaged {
			odd++
		}
		last = f.Sequence
		if _, err := s.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
	if odd == 0 {
		t.Error("faults of the camera show neither as a gap nor as a damaged frame")
	}
	t.Logf("%d gaps or damaged frames in 50", odd)
}

// TestGuestUSBUnplug comes last: the cable stays out.
func TestGuestUSBUnplug(t *testing.T) {
	path := usbNode(t, 0)
	fds, maps := v4l2smoke.Held(t)
	s := v4l2smoke.Open(t, path, v4l2smoke.Quick(camera.MJPEG))
	v4l2smoke.Frames(t, s, 3)
	fmt.Println(markPull)
	var f camera.Frame
	var err error
	for start := time.Now(); err == nil && time.Since(start) < 60*time.Second; {
		if err = s.Borrow(&f); err == nil {
			_, err = s.Return(&f)
		}
	}
	if !errors.Is(err, camera.ErrGone) {
		t.Errorf("unplugged: %v, want camera.ErrGone", err)
	}
	t.Log(err)
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if f, m := v4l2smoke.Held(t); f != fds || m != maps {
		t.Errorf("descriptors went from %d to %d, mappings from %d to %d", fds, f, maps, m)
	}
	if s, err := v4l2.Open(path, v4l2.Options{}); !errors.Is(err, hal.ErrAbsent) {
		t.Errorf("opening it again: %v, %v", s, err)
	}
}
