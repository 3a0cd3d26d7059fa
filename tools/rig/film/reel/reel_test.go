package reel

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"image/jpeg"
	"os"
	"testing"

	"tellijn/boards"
	"tellijn/counting/scene"
	"tellijn/hal"
	"tellijn/hal/camera"
)

func zero(t *testing.T) scene.Scene {
	t.Helper()
	b, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	return b.Scene
}

// sums gives what the first n frames of a reel hash to.
func sums(t *testing.T, o Options, n int) (all [][32]byte) {
	t.Helper()
	r, _, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for range n {
		b, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > r.Largest() || r.Format().Pixel == camera.YUYV && len(b) != r.Largest() {
			t.Fatalf("%+v: a frame of %d bytes, want at most %d", o, len(b), r.Largest())
		}
		all = append(all, sha256.Sum256(b))
	}
	return all
}

// TestAgain: the same reel makes the same frames again, another seed others, and what moves moves.
func TestAgain(t *testing.T) {
	sc := zero(t)
	for _, tc := range []struct {
		o     Options
		moves bool
	}{
		{Options{Film: "door 5", Format: "yuyv 160x120"}, true}, {Options{Film: "door 6", Format: "mjpeg 160x120"}, true},
		{Options{Film: "light 3", Format: "yuyv 160x120", Rate: 5}, true}, {Options{Film: "pattern"}, true}, {Options{Film: "dark"}, false},
	} {
		tc.o.Scene = sc
		a, b := sums(t, tc.o, 60), sums(t, tc.o, 60)
		same := 0
		for i := range a {
			if a[i] != b[i] {
				t.Errorf("%+v: frame %d is another one the second time", tc.o, i)
			}
			if i > 0 && a[i] == a[i-1] {
				same++
			}
		}
		if (same == 0) != tc.moves {
			t.Errorf("%+v: %d of 60 frames are as the one before", tc.o, same)
		}
	}
	one, other := sums(t, Options{Film: "door 5", Format: "yuyv 160x120", Scene: sc}, 1), sums(t, Options{Film: "door 6", Format: "yuyv 160x120", Scene: sc}, 1)
	if one[0] == other[0] {
		t.Error("two seeds make one film")
	}
}

// TestOver: a film that ends gives its last frame again and again.
func TestOver(t *testing.T) {
	r, _, err := Open(Options{Film: "light 3", Format: "yuyv 64x48", Rate: 1, Scene: zero(t)})
	if err != nil {
		t.Fatal(err)
	}
	n, last := 0, []byte(nil)
	for ; !r.Over(); n++ {
		b, err := r.Next()
		if err != nil || n > 100 {
			t.Fatal(n, err)
		}
		if !r.Over() {
			last = bytes.Clone(b)
		}
	}
	if b, err := r.Next(); n != 65 || err != nil || !bytes.Equal(b, last) {
		t.Errorf("%d frames, then %v", n, err)
	}
}

// TestCoded: what is made MJPEG can be read by others, and is nearly what was drawn.
func TestCoded(t *testing.T) {
	raw, _, err := Open(Options{Film: "door 5", Scene: zero(t)})
	if err != nil {
		t.Fatal(err)
	}
	coded, _, err := Open(Options{Film: "door 5", Format: "mjpeg 320x240", Scene: zero(t)})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := raw.Next()
	b, err := coded.Next()
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil || m.Bounds().Dx() != 320 || m.Bounds().Dy() != 240 {
		t.Fatalf("%v, %v", m.Bounds(), err)
	}
	off := 0
	for i := range 320 * 240 {
		y, _, _, _ := m.At(i%320, i/320).RGBA()
		off += max(int(y>>8)-int(a[2*i]), int(a[2*i])-int(y>>8))
	}
	if off > 5*320*240 {
		t.Errorf("a pixel is %d off on average", off/320/240)
	}
}

// TestClip looks at clips whose truth is known; they are no part of this repository.
func TestClip(t *testing.T) {
	folder := os.Getenv("TELLIJN_CLIPS")
	if folder == "" {
		t.Skip("TELLIJN_CLIPS names no folder of clips with their truth.json")
	}
	for name, want := range map[string]struct {
		pixel    camera.PixelFormat
		frames   int
		in, out  uint32
		interval int
	}{
		"koba":                             {camera.MJPEG, 947, 7, 7, 15},
		"th_h_One_person_walking_12_05_09": {camera.YUYV, 87, 1, 1, 8},
	} {
		r, sc, err := Open(Options{Film: "clip " + name, Clips: folder})
		if err != nil {
			t.Error(err)
			continue
		}
		n := 0
		for ; !r.Over(); n++ {
			if b, err := r.Next(); err != nil || len(b) > r.Largest() {
				t.Fatal(err)
			}
		}
		in, out, known := r.Truth(0)
		f := r.Format()
		if n != want.frames || in != want.in || out != want.out || !known || f.Pixel != want.pixel || int(1e9/f.Interval) != want.interval || sc.NLines != 1 {
			t.Errorf("%s: %d frames, %d and %d, %+v", name, n, in, out, f)
		}
		r.Close()
	}
	if _, _, err := Open(Options{Film: "clip none", Clips: folder}); err == nil {
		t.Error("a clip that is not there was opened")
	}
}

func TestNoClips(t *testing.T) {
	if _, _, err := Open(Options{Film: "clip koba", Clips: t.TempDir()}); !errors.Is(err, hal.ErrAbsent) {
		t.Errorf("%v, want hal.ErrAbsent", err)
	}
}
