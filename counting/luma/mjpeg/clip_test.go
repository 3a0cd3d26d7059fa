package mjpeg

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// clip gives the frames of an AVI file in the directory that TELLIJN_CLIPS names. None of them is part
// of this repository.
func clip(tb testing.TB, name string) [][]byte {
	dir := os.Getenv("TELLIJN_CLIPS")
	if dir == "" {
		tb.Skip("TELLIJN_CLIPS names no directory of clips")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		tb.Skip(err)
	}
	var frames [][]byte
	for at := 0; at+8 <= len(data); {
		kind, size := string(data[at:at+4]), int(binary.LittleEndian.Uint32(data[at+4:]))
		if kind == "RIFF" || kind == "LIST" {
			at += 12
			continue
		}
		if kind == "00dc" && at+8+size <= len(data) {
			frames = append(frames, data[at+8:at+8+size])
		}
		at += 8 + size + size&1
	}
	return frames
}

const clipName = "pave_640_422.avi"

// TestClip compares real video with a full decode.
func TestClip(t *testing.T) {
	var d Decoder
	frames := clip(t, clipName)
	for scale, want := range map[int][2]float64{8: {0.3, 0.8}, 4: {0.6, 6}} {
		var sum, most float64
		n := 0
		for i := 0; i < len(frames); i += 48 {
			all, err := units(&d, frames[i], scale)
			if err != nil {
				t.Fatalf("frame %d: %v", i, err)
			}
			mean, worst := distance(all, decode(t, frames[i]), scale)
			sum, most, n = sum+mean, max(most, worst), n+1
		}
		t.Logf("scale %d: mean difference %.3f, worst %.2f grey levels", scale, sum/float64(n), most)
		if sum/float64(n) > want[0] || most > want[1] {
			t.Errorf("scale %d: off by %.3f, at worst %.3f; want %v", scale, sum/float64(n), most, want)
		}
	}
}

// benchmark reads frames in turn.
func benchmark(b *testing.B, frames [][]byte, scale int) {
	var d Decoder
	var band Band
	i := 0
	for b.Loop() {
		if _, _, err := d.Start(frames[i], scale); err != nil {
			b.Fatal(err)
		}
		for rows := 1; rows > 0; {
			var err error
			if rows, err = d.Next(frames[i], &band); err != nil {
				b.Fatal(err)
			}
		}
		d.Wipe()
		i = (i + 1) % len(frames)
	}
}

func BenchmarkClipScale8(b *testing.B) { benchmark(b, clip(b, clipName), 8) }
func BenchmarkClipScale4(b *testing.B) { benchmark(b, clip(b, clipName), 4) }

// made is a frame of 640x480 4:2:2 that needs no clip.
func made(tb testing.TB, code func([]byte) []byte) []byte {
	c := coder{w: 640, h: 480, sampling: samplings["422"], quality: 80, scene: floor, code: code}
	return c.frame(tb)
}

func BenchmarkScale8(b *testing.B) { benchmark(b, [][]byte{made(b, nil)}, 8) }
func BenchmarkScale4(b *testing.B) { benchmark(b, [][]byte{made(b, nil)}, 4) }

// BenchmarkOtherCodes is what a camera costs that changes its codes with every frame.
func BenchmarkOtherCodes(b *testing.B) {
	benchmark(b, [][]byte{made(b, nil), made(b, flat)}, 8)
}
