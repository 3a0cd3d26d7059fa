package feed

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
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
