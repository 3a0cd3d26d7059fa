package feed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/cameratest"
)

var (
	yuyv  = camera.Format{Pixel: camera.YUYV, Width: 16, Height: 8, Stride: 40, Interval: 50 * time.Millisecond}
	mjpeg = camera.Format{Pixel: camera.MJPEG, Width: 16, Height: 8, Interval: 50 * time.Millisecond}
)

// stream writes n frames of f, every third with a gap before it and every fifth damaged.
func stream(t testing.TB, f camera.Format, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	steps := make([]cameratest.Step, n)
	for i := range steps {
		steps[i].Data = bytes.Repeat([]byte{byte(i + 1)}, 320+i)
		steps[i].Damaged = i%5 == 4
		if i%3 == 2 {
			steps[i].Lost = 2
		}
	}
	if err := pump(&b, cameratest.NewPlayback(f, steps...), 320+n); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pump is what a tool does: borrow, write, return, to the end.
func pump(w io.Writer, src camera.Source, largest int) error {
	out, err := NewWriter(w, src.Format(), largest)
	if err != nil {
		return err
	}
	var f camera.Frame
	for {
		if err := src.Borrow(&f); err != nil {
			if errors.Is(err, camera.ErrEnded) {
				return out.Close()
			}
			return err
		}
		if err := out.Write(&f); err != nil {
			return err
		}
		if _, err := src.Return(&f); err != nil {
			return err
		}
	}
}

func TestConformance(t *testing.T) {
	for _, f := range []camera.Format{yuyv, mjpeg} {
		b := stream(t, f, 40)
		cameratest.Conformance(t, func() camera.Source {
			start := time.Now()
			s, err := NewSource(bytes.NewReader(b), func() time.Duration { return time.Since(start) })
			if err != nil {
				t.Fatal(err)
			}
			return s
		})
	}
}

func TestConformanceOverAPipe(t *testing.T) {
	b := stream(t, yuyv, 40) // 14 KB: fits the pipe, so that no second goroutine allocates
	cameratest.Conformance(t, func() camera.Source {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		w.Close()
		s, err := NewSource(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestWhatGoesInComesOut(t *testing.T) {
	s, err := NewSource(bytes.NewReader(stream(t, yuyv, 6)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Format() != yuyv {
		t.Errorf("format %+v, want %+v", s.Format(), yuyv)
	}
	var f camera.Frame
	var seqs []uint32
	for i := 0; ; i++ {
		if err = s.Borrow(&f); err != nil {
			break
		}
		seqs = append(seqs, f.Sequence)
		if f.Damaged != (i == 4) || len(f.Data) != yuyv.LumaSize() || f.Data[0] != byte(i+1) || f.Data[len(f.Data)-1] != byte(i+1) {
			t.Errorf("frame %d: %d bytes, damaged %v", i, len(f.Data), f.Damaged)
		}
		if _, err := s.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
	if err != camera.ErrEnded || !slices.Equal(seqs, []uint32{0, 1, 4, 5, 6, 9}) {
		t.Errorf("sequence %v, end %v", seqs, err)
	}
}

// drain reads a stream to its end.
func drain(b []byte) (n int, err error) {
	s, err := NewSource(bytes.NewReader(b), nil)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	var f camera.Frame
	for ; ; n++ {
		if err := s.Borrow(&f); err != nil {
			if again := s.Borrow(&f); again != err {
				return n, errors.New("the end did not stay")
			}
			return n, err
		}
		if _, err := s.Return(&f); err != nil {
			return n, err
		}
	}
}

func TestLyingStreams(t *testing.T) {
	good := stream(t, mjpeg, 3)
	second := headSize + frameSize + 320
	set := func(at int, v uint32) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	for _, c := range []struct {
		name string
		b    []byte
		n    int
		says string
	}{
		{"nothing", nil, 0, "after 0 of 40"},
		{"half a header", good[:20], 0, "after 20 of 40"},
		{"other magic", set(0, 7), 0, "begins with"},
		{"other version", set(4, 2), 0, "version 2"},
		{"no frame size", set(8, 0), 0, "largest frame 0"},
		{"giant frame size", set(8, 1<<30), 0, "largest frame"},
		{"unknown pixels", set(12, 7), 0, "pixel format"},
		{"no width", set(16, 0), 0, "size 0x8"},
		{"giant width", set(16, 1<<31+16), 0, "size "},
		{"reserved field", set(28, 1), 0, "reserved"},
		{"stride on mjpeg", set(24, 4), 0, "stride 4"},
		{"endless interval", set(36, 1<<20), 0, "interval"},
		{"no end mark", good[:len(good)-frameSize], 3, "broke off"},
		{"half an end mark", good[:len(good)-1], 3, "broke off"},
		{"half a payload", good[:second+frameSize+7], 1, "7 of 321 bytes of a payload"},
		{"other mark", set(second, 7), 1, "where a frame begins"},
		{"same sequence", set(second+4, 0), 1, "frame 0 after frame 0"},
		{"frame too long", set(second+8, 5000), 1, "claims 5000"},
		{"unknown flag", set(second+12, 2), 1, "unknown flags"},
	} {
		n, err := drain(c.b)
		if n != c.n || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d frames, %v; want %d and %q", c.name, n, err, c.n, c.says)
		}
		if !errors.Is(err, ErrStream) && !errors.Is(err, camera.ErrFormat) {
			t.Errorf("%s: %v wraps neither ErrStream nor camera.ErrFormat", c.name, err)
		}
	}
}

func TestHalfAFrameIsWiped(t *testing.T) {
	good := stream(t, mjpeg, 3)
	s, err := NewSource(bytes.NewReader(good[:headSize+frameSize+100]), nil)
	if err != nil {
		t.Fatal(err)
	}
	buf, _ := s.lender.Buffer()
	var f camera.Frame
	if err := s.Borrow(&f); !errors.Is(err, ErrStream) || !bytes.Equal(buf, make([]byte, len(buf))) {
		t.Errorf("Borrow: %v; the buffer must be zero", err)
	}
}

type broken struct{ left int }

func (b *broken) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestWriterErrors(t *testing.T) {
	if _, err := NewWriter(io.Discard, mjpeg, 0); !errors.Is(err, ErrStream) {
		t.Errorf("largest 0: %v", err)
	}
	if _, err := NewWriter(io.Discard, camera.Format{}, 9); !errors.Is(err, camera.ErrFormat) {
		t.Errorf("no format: %v", err)
	}
	for left := range headSize + 2*frameSize + 8 {
		w, err := NewWriter(&broken{left}, mjpeg, 8)
		if err == nil {
			err = w.Write(&camera.Frame{Data: make([]byte, 8)})
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("pipe that takes %d bytes: %v", left, err)
		}
	}
	w, err := NewWriter(io.Discard, mjpeg, 8)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&camera.Frame{Sequence: 4}); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&camera.Frame{Sequence: 4}); err == nil || w.Write(&camera.Frame{Sequence: 5}) == nil {
		t.Errorf("sequence 4 twice: %v, and the error must stay", err)
	}
	w, _ = NewWriter(io.Discard, mjpeg, 8)
	if err := w.Write(&camera.Frame{Data: make([]byte, 9)}); err == nil {
		t.Error("a frame above the announced size was written")
	}
	w, _ = NewWriter(io.Discard, mjpeg, 8)
	if w.Close() != nil || w.Close() != nil || w.Write(&camera.Frame{}) == nil {
		t.Error("Close twice must be fine, and Write afterwards not")
	}
}

func FuzzSource(f *testing.F) {
	for _, form := range []camera.Format{yuyv, mjpeg} {
		b := stream(f, form, 3)
		f.Add(b)
		f.Add(b[:len(b)-20])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := drain(b)
		if err != camera.ErrEnded && !errors.Is(err, ErrStream) && !errors.Is(err, camera.ErrFormat) {
			t.Errorf("after %d frames: %v", n, err)
		}
	})
}
