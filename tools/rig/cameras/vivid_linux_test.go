package cameras

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2"
	"tellijn/hal/camera/v4l2/locks"
	"tellijn/hal/camera/v4l2/v4l2smoke"
	"tellijn/tools/rig/inside"
)

func onlyGuest(t *testing.T) {
	t.Helper()
	if !inside.Guest() {
		t.Skip("runs inside the virtual machine of TestMachine")
	}
}

func TestGuestFormats(t *testing.T) {
	onlyGuest(t)
	if n := v4l2smoke.Formats(t, "/dev/video0"); n != 5 {
		t.Errorf("%d formats, want YUYV, UYVY, NV12, YU12 and GREY", n)
	}
	if n := v4l2smoke.Formats(t, "/dev/video2", camera.NV12); n != 1 { // in contiguous memory
		t.Error("no NV12")
	}
}

func TestGuestSizes(t *testing.T) {
	onlyGuest(t)
	v4l2smoke.Sizes(t, "/dev/video0")
	v4l2smoke.Sizes(t, "/dev/video1")
}

func TestGuestRestart(t *testing.T) {
	onlyGuest(t)
	v4l2smoke.Restart(t, "/dev/video0")
}

// Gain is the one automatic that vivid has.
func TestGuestSettles(t *testing.T) {
	onlyGuest(t)
	v4l2smoke.Settles(t, "/dev/video0")
	s := v4l2smoke.Open(t, "/dev/video0", v4l2.Options{Width: 320, Height: 180, Timeout: 10 * time.Second})
	defer s.Close()
	for _, l := range s.Locks() {
		if l.Name == "gain" && l.State != locks.Locked {
			t.Errorf("%v", l)
		}
	}
}

func TestGuestMetadataNode(t *testing.T) {
	onlyGuest(t)
	if s, err := v4l2.Open("/dev/video9", v4l2.Options{}); !errors.Is(err, camera.ErrFormat) {
		t.Errorf("the metadata node: %v, %v", s, err)
	}
}

func TestGuestTwoAtOnce(t *testing.T) {
	onlyGuest(t)
	s := v4l2smoke.Open(t, "/dev/video0", v4l2smoke.Quick(camera.YUYV))
	defer s.Close()
	if _, err := v4l2.Open("/dev/video0", v4l2smoke.Quick(camera.GREY)); !errors.Is(err, unix.EBUSY) {
		t.Errorf("a second stream of one camera: %v", err)
	}
	other := v4l2smoke.Open(t, "/dev/video2", v4l2smoke.Quick(camera.GREY))
	defer other.Close()
	if s.Descriptor() == other.Descriptor() {
		t.Error("two cameras share a descriptor")
	}
	v4l2smoke.Frames(t, s, 3)
	v4l2smoke.Frames(t, other, 3)
}

func TestGuestDamagedAndLost(t *testing.T) {
	onlyGuest(t)
	s := v4l2smoke.Open(t, "/dev/video0", v4l2smoke.Quick(camera.YUYV))
	defer s.Close()
	side := openSide(t, "/dev/video0")
	v4l2smoke.Frames(t, s, 2)
	side.set("Inject V4L2_BUF_FLAG_ERROR", 1)
	var f camera.Frame
	for damaged, i := false, 0; !damaged; i++ {
		if i > 20 {
			t.Fatal("no damaged frame came")
		}
		if err := s.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		damaged = f.Damaged
		if _, err := s.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
	side.set("Percentage of Dropped Buffers", 50)
	lost, last := uint32(0), uint32(0)
	for i := range 30 {
		if err := s.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			lost += f.Sequence - last - 1
		}
		last = f.Sequence
		if _, err := s.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
	if lost == 0 {
		t.Error("half of the frames were dropped, and the sequence shows none missing")
	}
	side.set("Percentage of Dropped Buffers", 0)
}

func TestGuestFatalError(t *testing.T) {
	onlyGuest(t)
	for _, onLoan := range []bool{true, false} {
		gone(t, "/dev/video0", "Inject Fatal Streaming Error", onLoan, func() {})
		s := v4l2smoke.Open(t, "/dev/video0", v4l2smoke.Quick(camera.YUYV)) // it comes back
		v4l2smoke.Frames(t, s, 2)
		s.Close()
	}
}

// vivid plugs itself in again when its last descriptor is closed.
func TestGuestUnplug(t *testing.T) {
	onlyGuest(t)
	for _, onLoan := range []bool{true, false} {
		gone(t, "/dev/video2", "Disconnect", onLoan, func() {
			if s, err := v4l2.Open("/dev/video2", v4l2smoke.Quick(camera.YUYV)); !errors.Is(err, hal.ErrAbsent) {
				t.Errorf("opening an unplugged camera: %v, %v", s, err)
			}
		})
		s := v4l2smoke.Open(t, "/dev/video2", v4l2smoke.Quick(camera.YUYV))
		v4l2smoke.Frames(t, s, 2)
		s.Close()
	}
}

// gone breaks a running stream and looks at how it ends; while calls what is to be tried before
// the trick is over.
func gone(t *testing.T, path, control string, onLoan bool, while func()) {
	t.Helper()
	fds, maps := v4l2smoke.Held(t)
	s := v4l2smoke.Open(t, path, v4l2smoke.Quick(camera.YUYV))
	side := openSide(t, path)
	v4l2smoke.Frames(t, s, 3)
	var f camera.Frame
	if err := s.Borrow(&f); err != nil {
		t.Fatal(err)
	}
	if !onLoan {
		if _, err := s.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
	side.set(control, 1)
	if onLoan {
		whole := f.Data[:cap(f.Data)]
		s.Return(&f) // fails or not, as the driver likes
		if !bytes.Equal(whole, make([]byte, len(whole))) {
			t.Error("the frame on loan was not wiped")
		}
	}
	start := time.Now()
	var err error
	for err == nil && time.Since(start) < 20*time.Second { // frames that were done may still come
		if err = s.Borrow(&f); err == nil {
			_, err = s.Return(&f)
		}
	}
	if !errors.Is(err, camera.ErrGone) {
		t.Errorf("%s: %v, want camera.ErrGone", control, err)
	}
	t.Logf("after %v: %v", time.Since(start).Round(time.Millisecond), err)
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	while()
	side.close()
	if f, m := v4l2smoke.Held(t); f != fds || m != maps {
		t.Errorf("descriptors went from %d to %d, mappings from %d to %d", fds, f, maps, m)
	}
}

// side is a second descriptor, to play tricks on the driver.
type side struct {
	t *testing.T
	f *os.File
}

func openSide(t *testing.T, path string) side {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := side{t, f}
	t.Cleanup(s.close)
	return s
}

func (s side) close() { s.f.Close() }

// set finds a control by its name and sets it. (V4L2 spec, VIDIOC_QUERYCTRL, VIDIOC_S_CTRL)
func (s side) set(name string, value int32) {
	s.t.Helper()
	const queryControl, setControl, next = 0xc0445624, 0xc008561c, 1 << 31
	var q struct {
		id, kind uint32
		name     [32]byte
		_        [7]uint32
	}
	for {
		q.id |= next
		if _, _, e := unix.Syscall(unix.SYS_IOCTL, s.f.Fd(), queryControl, uintptr(unsafe.Pointer(&q))); e != 0 {
			s.t.Fatalf("control %q: %v", name, e)
		}
		if got, _, _ := bytes.Cut(q.name[:], []byte{0}); string(got) == name {
			break
		}
	}
	set := struct {
		id    uint32
		value int32
	}{q.id, value}
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, s.f.Fd(), setControl, uintptr(unsafe.Pointer(&set))); e != 0 {
		s.t.Fatalf("setting %q: %v", name, e)
	}
}
