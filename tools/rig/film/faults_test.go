package film

import (
	"bytes"
	"testing"

	"tellijn/hal/camera"
)

// TestUsable: what the eye gets of a spoilt frame. nil is a frame that its driver passes over.
func TestUsable(t *testing.T) {
	yuyv := bytes.Repeat([]byte{100, 128}, 50)
	coded := append([]byte{0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 1, 224, 2, 128}, bytes.Repeat([]byte{7}, 89)...)
	for _, tc := range []struct {
		fault string
		of    camera.PixelFormat
		judge func(before, after []byte) bool
	}{
		{"", camera.YUYV, bytes.Equal},
		{"", camera.MJPEG, bytes.Equal},
		{"error", camera.YUYV, none},
		{"error", camera.MJPEG, none},
		{"long", camera.YUYV, none},
		{"long", camera.MJPEG, none},
		{"short", camera.YUYV, none},
		{"short", camera.MJPEG, func(b, a []byte) bool { return len(a) == 50 && bytes.Equal(a, b[:50]) }},
		{"corrupt", camera.YUYV, noisy},
		{"corrupt", camera.MJPEG, noisy},
		{"bright", camera.YUYV, func(_, a []byte) bool { return bytes.Equal(a, bytes.Repeat([]byte{150, 128}, 50)) }},
		{"resized", camera.MJPEG, func(b, a []byte) bool {
			return len(a) == 100 && a[7] == 0 && a[8] == 240 && bytes.Equal(a[:7], b[:7]) && bytes.Equal(a[9:], b[9:])
		}},
	} {
		data := yuyv
		if tc.of == camera.MJPEG {
			data = coded
		}
		before := bytes.Clone(data)
		after := usable(data, tc.fault, camera.Format{Pixel: tc.of})
		if !tc.judge(before, after) {
			t.Errorf("%q of %s: % x", tc.fault, tc.of, after)
		}
		if !bytes.Equal(data, before) {
			t.Errorf("%q of %s spoilt the frame that stands while nobody counts", tc.fault, tc.of)
		}
		if again := usable(data, tc.fault, camera.Format{Pixel: tc.of}); !bytes.Equal(again, after) {
			t.Errorf("%q of %s is another one the second time", tc.fault, tc.of)
		}
	}
	if a, b := usable(yuyv, "bright", camera.Format{Pixel: camera.YUYV}), bytes.Repeat([]byte{200, 1}, 50); a[0] != 150 || usable(b, "bright", camera.Format{Pixel: camera.YUYV})[0] != 235 {
		t.Error("what is bright does not end at white")
	}
}

func none(_, after []byte) bool { return after == nil }

// noisy: the middle is another one, the ends are as they were.
func noisy(b, a []byte) bool {
	return len(a) == len(b) && bytes.Equal(a[:33], b[:33]) && bytes.Equal(a[66:], b[66:]) && !bytes.Equal(a, b)
}
