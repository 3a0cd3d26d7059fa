package feed

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"tellijn/hal/camera"
)

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
		{"end mark with a payload", set(second, endMark), 1, "where a frame begins"},
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
