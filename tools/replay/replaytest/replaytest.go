// Package replaytest makes small clips for tests: somebody walks down over the middle of the picture
// and somebody else up. Nothing in them was ever seen by a camera.
package replaytest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"testing"
)

// Of a clip: its frames, and those in which the two are in the middle.
const (
	Frames         = 170
	Down, Up       = 60, 130
	Rate           = 25
	PersonArea     = 0.03
	steps, of, off = 30, 84, 12 // a walk is 2*steps frames; heights in 1/60 of the picture
)

// Luma of a pixel of a frame, in a picture of w x h.
func Luma(frame, x, y, w, h int) uint8 {
	floor := uint8(130 + (x*7+y*13)%11)
	for _, walk := range [...]struct{ middle, side, way int }{{Down, 1, 1}, {Up, 2, -1}} {
		n := frame - walk.middle
		if n < -steps || n > steps {
			continue
		}
		half := 52 * h / 600 // of a person
		cx, cy := w*walk.side/3, h/2+walk.way*n*of*h/(2*steps*60)
		if dx, dy := x-cx, y-cy; dx >= -half && dx < half && dy >= -half && dy < half {
			return uint8(30 + 19*((dx+half)*5/h%2+(dy+half)*9/h%3))
		}
	}
	return floor
}

// Y4M writes the clip as raw luma; without a rate the file does not say how fast it is.
func Y4M(t testing.TB, path string, w, h int, rate bool) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "YUV4MPEG2 W%d H%d", w, h)
	if rate {
		fmt.Fprintf(&b, " F%d:1", Rate)
	}
	b.WriteString(" Cmono\n")
	for n := range Frames {
		b.WriteString("FRAME\n")
		b.Write(plane(n, w, h))
	}
	write(t, path, b.Bytes())
}

// AVI writes the clip as MJPEG. Frames whose index damaged names are cut short.
func AVI(t testing.TB, path string, w, h int, damaged ...int) {
	var movi bytes.Buffer
	for n := range Frames {
		var b bytes.Buffer
		m := &image.Gray{Pix: plane(n, w, h), Stride: w, Rect: image.Rect(0, 0, w, h)}
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		for _, d := range damaged {
			if d == n {
				data = data[:len(data)/2]
			}
		}
		movi.Write(chunk("00dc", data))
	}
	strh := make([]byte, 56) // AVISTREAMHEADER: fccType 0, dwScale 20, dwRate 24
	copy(strh, "vidsMJPG")
	binary.LittleEndian.PutUint32(strh[20:], 1)
	binary.LittleEndian.PutUint32(strh[24:], Rate)
	strf := make([]byte, 40) // BITMAPINFOHEADER: biSize 0, biWidth 4, biHeight 8, biCompression 16
	binary.LittleEndian.PutUint32(strf, 40)
	binary.LittleEndian.PutUint32(strf[4:], uint32(w))
	binary.LittleEndian.PutUint32(strf[8:], uint32(h))
	copy(strf[16:], "MJPG")
	avih := binary.LittleEndian.AppendUint32(nil, 1_000_000/Rate)
	strl := list("strl", chunk("strh", strh), chunk("strf", strf))
	hdrl := list("hdrl", chunk("avih", append(avih, make([]byte, 52)...)), strl)
	body := append(append([]byte("AVI "), hdrl...), list("movi", movi.Bytes())...)
	write(t, path, chunk("RIFF", body))
}

// YUYV writes n frames of 640x480 as cameras give them.
func YUYV(t testing.TB, path string, n int) {
	var b bytes.Buffer
	for i := range n {
		for _, v := range plane(i, 640, 480) {
			b.Write([]byte{v, 128})
		}
	}
	write(t, path, b.Bytes())
}

func plane(frame, w, h int) []byte {
	p := make([]byte, w*h)
	for i := range p {
		p[i] = Luma(frame, i%w, i/w, w, h)
	}
	return p
}

func chunk(id string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(data)))
	b = append(b, data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func list(kind string, parts ...[]byte) []byte {
	return chunk("LIST", append([]byte(kind), bytes.Join(parts, nil)...))
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
