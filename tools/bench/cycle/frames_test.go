package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
	"tellijn/tools/replay/speed"
)

// In this scene two people cross the line one after the other, at frames 123 and 143.
const (
	seed = 14
	skip = 80
)

// frames gives n frames of an ordinary simulated door of 640x480 pixels, YUYV.
func frames(t *testing.T, area int32, n int) (all [][]byte) {
	t.Helper()
	format := speed.Format()
	format.Interval = time.Second / 25
	c, err := sim.New(sim.Config{
		Format: format, PersonArea: area, Script: sim.Door(seed, sim.Nominal(), 60),
		Lines: []sim.Line{{A: sim.Point{X: 0, Y: 1 << 15}, B: sim.Point{X: 1 << 16, Y: 1 << 15}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var f camera.Frame
	for i := range skip + n {
		if err := c.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		if i >= skip {
			all = append(all, bytes.Clone(f.Data))
		}
		c.Return(&f)
	}
	return all
}

// write puts the frames into a file for the binary, and gives its path.
func write(t *testing.T, format string, all [][]byte) string {
	t.Helper()
	var b bytes.Buffer
	for _, data := range all {
		if format == "MJPG" {
			data = coded(t, data)
		}
		b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
		b.Write(data)
	}
	path := filepath.Join(t.TempDir(), "frames")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// coded gives a YUYV frame as a camera's MJPEG frame of grey 4:2:2 at quality 80.
func coded(t *testing.T, yuyv []byte) []byte {
	m := image.NewYCbCr(image.Rect(0, 0, speed.Width, speed.Height), image.YCbCrSubsampleRatio422)
	for i := range m.Y {
		m.Y[i] = yuyv[2*i]
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = 128, 128
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
