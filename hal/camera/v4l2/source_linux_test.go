package v4l2

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal/camera"
	"tellijn/hal/camera/cameratest"
	"tellijn/hal/camera/v4l2/abi"
)

var yuyv = offer{camera.YUYV, 64, 48, []uint32{30}}

// still is a wish that matches yuyv and locks nothing, so that the first frame is frame 0.
var still = Options{Width: 64, Height: 48, Settle: -1}

func start(t *testing.T, f *fake, o Options) *Source {
	t.Helper()
	s, err := tryStart(f, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryStart(f *fake, o Options) (*Source, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	s, err := bring(f, f, o)
	if err != nil {
		return nil, explain("fake", err)
	}
	return s, nil
}

func TestConformance(t *testing.T) {
	for _, p := range []camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG} {
		cameratest.Conformance(t, func() camera.Source {
			return start(t, newFake(offer{p, 64, 48, []uint32{30}}), Options{Width: 64, Height: 48})
		})
	}
}

// A frame goes back wiped on every path, and Close lets go in the one right order.
func TestWipeOrder(t *testing.T) {
	for _, onLoan := range []bool{false, true} {
		f := newFake(yuyv)
		s := start(t, f, still)
		var fr camera.Frame
		for range 5 {
			if err := s.Borrow(&fr); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Return(&fr); err != nil {
				t.Fatal(err)
			}
		}
		f.fill() // one in flight
		if onLoan {
			if err := s.Borrow(&fr); err != nil {
				t.Fatal(err)
			}
		}
		f.log = nil
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		want := []string{"stream off", "munmap 0, wiped", "munmap 1, wiped", "munmap 2, wiped", "webcam stops", "webcam closes"}
		if !slices.Equal(f.log, want) {
			t.Errorf("frame on loan %v: order %q, want %q", onLoan, f.log, want)
		}
		if s.Close() != nil || len(f.log) != len(want) {
			t.Error("a second Close did something")
		}
	}
}

func TestFramesAsTheyCome(t *testing.T) {
	f := newFake(yuyv)
	size := uint32(64 * 48 * 2)
	f.deliver = func(b *abi.Buffer, n uint32) {
		switch n {
		case 1:
			b.Flags = abi.BufFlagError
		case 2:
			b.BytesUsed = 0
		case 3:
			b.BytesUsed = size - 1
		case 4:
			b.BytesUsed = b.Length + 1
		case 5:
			b.Sequence = 9 // four frames lost
		case 6:
			b.Sequence = 0 // the driver begins anew
		case 7:
			b.Sequence = 2 // and loses one more
		case 8:
			b.Sequence = 2 // and stops counting
		}
	}
	s := start(t, f, still)
	defer s.Close()
	for i, w := range []struct {
		n       uint32
		seq     uint32
		damaged bool
	}{{size, 0, false}, {size, 1, true}, {0, 2, true}, {size - 1, 3, true}, {0, 4, true}, {size, 9, false}, {size, 10, false}, {size, 12, false}, {size, 13, false}} {
		var fr camera.Frame
		if err := s.Borrow(&fr); err != nil {
			t.Fatal(err)
		}
		if len(fr.Data) != int(w.n) || fr.Sequence != w.seq || fr.Damaged != w.damaged {
			t.Errorf("frame %d: %d bytes, sequence %d, damaged %v, want %+v", i, len(fr.Data), fr.Sequence, fr.Damaged, w)
		}
		if life, err := s.Return(&fr); err != nil || life <= 0 {
			t.Errorf("Return: %v, %v", life, err)
		}
	}
	if slices.ContainsFunc(f.log, func(l string) bool { return strings.Contains(l, "NOT") }) {
		t.Errorf("log %q", f.log)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(f *fake)
		want error
		says string
		ends bool // the error stays
	}{
		{"no frame", func(f *fake) { f.queued = nil }, camera.ErrTimeout, "2s passed", false},
		{"unplugged in poll", func(f *fake) { f.polls = flags(unix.POLLERR | unix.POLLHUP) }, camera.ErrGone, "unplugged", true},
		{"descriptor lost", func(f *fake) { f.polls = flags(unix.POLLNVAL) }, camera.ErrGone, "unplugged", true},
		{"poll fails", func(f *fake) { f.polls = func(int) (int16, error) { return 0, unix.EBADF } }, camera.ErrGone, "waiting", true},
		{"unplugged in dequeue", func(f *fake) { f.dequeue = fails(unix.ENODEV) }, camera.ErrGone, "no such device", true},
		{"driver gives up", func(f *fake) { f.dequeue = fails(unix.EIO) }, camera.ErrGone, "input/output", true},
		{"format event", func(f *fake) { f.polls = flags(unix.POLLPRI) }, camera.ErrFormat, "changed its format", true},
		{"last buffer", func(f *fake) { f.dequeue = fails(unix.EPIPE) }, camera.ErrFormat, "changed its format", true},
		{"unknown buffer", func(f *fake) { f.deliver = func(b *abi.Buffer, _ uint32) { b.Index = 3 } }, camera.ErrGone, "never mapped", true},
		{"negative buffer", func(f *fake) { f.deliver = func(b *abi.Buffer, _ uint32) { b.Index = 1<<32 - 1 } }, camera.ErrGone, "never mapped", true},
		{"buffer of another size", func(f *fake) { f.deliver = func(b *abi.Buffer, _ uint32) { b.Length = 5 } }, camera.ErrGone, "never mapped", true},
		{"signals for ever", func(f *fake) {
			f.polls = func(int) (int16, error) { f.clock += time.Second; return 0, unix.EINTR }
		}, camera.ErrTimeout, "", false},
		{"woken for nothing for ever", func(f *fake) { f.dequeue = fails(unix.EAGAIN) }, camera.ErrTimeout, "", false},
	} {
		f := newFake(yuyv)
		s := start(t, f, still)
		c.set(f)
		var fr camera.Frame
		err := s.Borrow(&fr)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || fr.Data != nil {
			t.Errorf("%s: %v, want %v with %q", c.name, err, c.want, c.says)
		}
		if again := s.Borrow(&fr); c.ends && again != err {
			t.Errorf("%s: then %v, want the same again", c.name, again)
		}
		f.log = nil
		if err := s.Close(); err != nil || slices.ContainsFunc(f.log, func(l string) bool { return strings.Contains(l, "NOT") }) || len(f.log) != 6 {
			t.Errorf("%s: Close %v, %q", c.name, err, f.log)
		}
	}
}

func flags(v int16) func(int) (int16, error) { return func(int) (int16, error) { return v, nil } }
func fails(err error) func(int) error        { return func(int) error { return err } }

func TestSignalsAreWaitedThrough(t *testing.T) {
	f := newFake(yuyv)
	s := start(t, f, still)
	defer s.Close()
	f.polls = func(n int) (int16, error) {
		if n < 4 {
			return 0, unix.EINTR
		}
		return 0, nil
	}
	f.dequeue = func(n int) error {
		if n < 3 {
			return unix.EAGAIN
		}
		return nil
	}
	var fr camera.Frame
	if err := s.Borrow(&fr); err != nil || fr.Sequence == 0 {
		t.Errorf("Borrow: %+v, %v", fr, err)
	}
}

// An unplugged camera: the frame on loan is wiped all the same, and closing is no error.
func TestUnpluggedOnLoan(t *testing.T) {
	f := newFake(yuyv)
	s := start(t, f, still)
	var fr camera.Frame
	if err := s.Borrow(&fr); err != nil {
		t.Fatal(err)
	}
	whole := fr.Data[:cap(fr.Data)]
	f.fails["queue"], f.fails["stream off"], f.fails["webcam stops"] = unix.ENODEV, unix.ENODEV, unix.ENODEV
	life, err := s.Return(&fr)
	if !errors.Is(err, camera.ErrGone) || life <= 0 || fr.Data != nil || state(whole) != "wiped" {
		t.Errorf("Return: %v, %v, %+v, buffer %s", life, err, fr, state(whole))
	}
	if err := s.Borrow(&fr); !errors.Is(err, camera.ErrGone) {
		t.Errorf("Borrow: %v, want camera.ErrGone", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	f = newFake(yuyv)
	s = start(t, f, still)
	f.fails["webcam closes"] = unix.EIO
	if err := s.Close(); !errors.Is(err, unix.EIO) {
		t.Errorf("Close hides %v: %v", unix.EIO, err)
	}
}

func TestReturnOfAnotherFrame(t *testing.T) {
	s := start(t, newFake(yuyv), still)
	defer s.Close()
	var fr camera.Frame
	if err := s.Borrow(&fr); err != nil {
		t.Fatal(err)
	}
	other := camera.Frame{Buffer: fr.Buffer + 1}
	if _, err := s.Return(&other); !errors.Is(err, camera.ErrLoan) {
		t.Errorf("Return of a frame that was not lent: %v", err)
	}
	if _, err := s.Return(&fr); err != nil {
		t.Error(err)
	}
}
