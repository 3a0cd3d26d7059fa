package clip

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
)

func yuv(line string, n, planes int) []byte {
	b := []byte(line + "\n")
	for i := range n {
		b = append(b, "FRAME\n"...)
		b = append(b, bytes.Repeat([]byte{byte(i + 1)}, planes)...)
	}
	return b
}

// lie overwrites the length of the nth chunk called id.
func lie(b []byte, id string, nth int, length uint32) []byte {
	b = slices.Clone(b)
	at := 0
	for ; nth >= 0; nth-- {
		at += bytes.Index(b[at:], []byte(id)) + 4
	}
	binary.LittleEndian.PutUint32(b[at:], length)
	return b
}

func TestAVI(t *testing.T) {
	h := head(40000, 1, 25)
	plain := riff("AVI ", h, list("movi", frames(3)), chunk("idx1", words(1, 2, 3, 4)))
	odd := bytes.ReplaceAll(plain, append(still(0, 9), 0), still(0, 9)) // the pad byte left out
	cut := plain[:bytes.Index(plain, []byte("idx1"))]                   // the last frame takes 20 bytes
	for _, c := range []struct {
		name  string
		file  []byte
		want  []int
		fault string // in the final error; empty for camera.ErrEnded
	}{
		{"plain", plain, []int{9, 10, 11}, ""},
		{"no index", riff("AVI ", h, list("movi", frames(3))), []int{9, 10, 11}, ""},
		{"junk, info and audio", riff("AVI ", h, list("INFO", chunk("ISFT", []byte("pen"))), chunk("JUNK", make([]byte, 31)),
			list("movi", chunk("01wb", make([]byte, 7)), frames(2), chunk("01dc", still(5, 8)), chunk("ix00", make([]byte, 32)))), []int{9, 10}, ""},
		{"rec lists", riff("AVI ", h, list("movi", list("rec ", frames(1)), list("rec ", chunk("00db", still(1, 8))))), []int{9, 8}, ""},
		{"several riffs", append(riff("AVI ", h, list("movi", frames(2))), riff("AVIX", list("movi", frames(1)))...), []int{9, 10, 9}, ""},
		{"dropped frames", riff("AVI ", h, list("movi", frames(1), chunk("00dc"), chunk("00dc", []byte{1}), frames(1))), []int{9, -1, 9}, ""},
		{"missing pad byte", odd, []int{9, 10, 11}, ""},
		{"unfinished recording", lie(lie(plain, "RIFF", 0, 0), "LIST", 2, 0), []int{9, 10, 11}, ""},
		{"unfinished, all ones", lie(lie(plain, "RIFF", 0, 1<<32-1), "LIST", 2, 1<<32-1), []int{9, 10, 11}, ""},
		{"unfinished, then rubbish", append(lie(plain, "RIFF", 0, 0), make([]byte, 50)...), []int{9, 10, 11}, "no chunk begins"},
		{"movi too short", lie(plain, "LIST", 2, 8), []int{9, 10, 11}, ""},
		{"movi too long", lie(plain, "LIST", 2, 1<<30), []int{9, 10, 11}, ""},
		{"rubbish after the end", append(slices.Clone(plain), make([]byte, 100)...), []int{9, 10, 11}, ""},
		{"cut in a frame", cut[:len(cut)-2], []int{9, 10}, "claims 11 bytes"},
		{"cut between frames", cut[:len(cut)-20], []int{9, 10}, "cut off"},
		{"frame too long", lie(plain, "00dc", 2, 500), []int{9, 10}, "claims 500 bytes"},
		{"frame too short", lie(plain, "00dc", 1, 3), []int{9, -1}, "no chunk begins"},
		{"frame far too long", lie(plain, "00dc", 1, 1<<32-1), []int{9}, "claims 4294967295 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, end := play(t, open16(t, c.file, Options{}))
			if !slices.Equal(got, c.want) {
				t.Errorf("frames %v, want %v", got, c.want)
			}
			if c.fault == "" && end != camera.ErrEnded {
				t.Errorf("end: %v, want camera.ErrEnded", end)
			}
			if c.fault != "" && (!errors.Is(end, ErrBroken) || !strings.Contains(end.Error(), c.fault)) {
				t.Errorf("end: %v, want ErrBroken with %q", end, c.fault)
			}
		})
	}
}

// A recorder that drops a frame writes an empty chunk. It has a place in time, and by default no
// index: notes taken by eye number the frames that a decoder gives.
func TestGaps(t *testing.T) {
	b := riff("AVI ", head(40000, 1, 25), list("movi", chunk("00dc"), frames(2), chunk("00dc"), frames(1), chunk("00dc")))
	for gaps, want := range map[bool][]int{false: {9, 10, 9}, true: {-1, 9, 10, -1, 9, -1}} {
		var dues []int
		got, end := play(t, open16(t, b, Options{Gaps: gaps, Wait: func(due time.Duration) error {
			dues = append(dues, int(due/(40*time.Millisecond)))
			return nil
		}}))
		if !slices.Equal(got, want) || end != camera.ErrEnded {
			t.Errorf("gaps %v: frames %v, end %v", gaps, got, end)
		}
		if places := map[bool][]int{false: {1, 2, 4}, true: {0, 1, 2, 3, 4, 5}}[gaps]; !slices.Equal(dues, places) {
			t.Errorf("gaps %v: due at frames %v, want %v", gaps, dues, places)
		}
	}
}

func TestAVIContent(t *testing.T) {
	c := open16(t, riff("AVI ", head(40000, 1, 25), list("movi", frames(3))), Options{})
	if f := c.Format(); f.Pixel != camera.MJPEG || f.Width != 32 || f.Height != 24 || f.Stride != 0 {
		t.Errorf("format %+v", f)
	}
	if c.Largest() != 11 {
		t.Errorf("largest %d, want 11", c.Largest())
	}
	var f camera.Frame
	for i := range 3 {
		if err := c.Borrow(&f); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Data, still(i, 9+i)) {
			t.Errorf("frame %d is % x", i, f.Data)
		}
		if _, err := c.Return(&f); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAVITopDown(t *testing.T) {
	b := riff("AVI ", head(40000, 1, 25), list("movi", frames(1)))
	at := bytes.Index(b, []byte("strf")) + 8 + 8
	binary.LittleEndian.PutUint32(b[at:], ^uint32(23)) // biHeight -24
	if f := open16(t, b, Options{}).Format(); f.Height != 24 {
		t.Errorf("height %d, want 24", f.Height)
	}
}

func TestOversizedFrameIsDamaged(t *testing.T) {
	b := riff("AVI ", head(40000, 1, 25), list("movi", frames(1), chunk("00dc", make([]byte, MaxFrame+1)), frames(1)))
	got, end := play(t, open16(t, b, Options{}))
	if !slices.Equal(got, []int{9, -1, 9}) || end != camera.ErrEnded {
		t.Errorf("frames %v, end %v", got, end)
	}
}

func TestY4M(t *testing.T) {
	for tag, planes := range map[string]int{"Cmono": 153, "C420": 243, "C420jpeg": 243, "C420mpeg2": 243, "C420paldv": 243,
		"C422": 153 + 2*9*9, "C444": 459, "C411": 153 + 2*5*9, "C444alpha": 612, "": 243} {
		b := yuv("YUV4MPEG2 W17 H9 F30000:1001 Ip A1:1 "+tag+" Xnote", 3, planes)
		c := open16(t, b, Options{})
		if f := c.Format(); f.Pixel != camera.GREY || f.Stride != 17 || f.Interval != 33366667 {
			t.Errorf("%q: format %+v", tag, f)
		}
		got, end := play(t, c)
		if !slices.Equal(got, []int{153, 153, 153}) || end != camera.ErrEnded {
			t.Errorf("%q: frames %v, end %v", tag, got, end)
		}
	}
	b := yuv("YUV4MPEG2 W17 H9 F25:1 Cmono", 3, 153)
	b = bytes.Replace(b, []byte("FRAME\n\x02"), []byte("FRAME Ip Xa=b\n\x02"), 1)
	got, end := play(t, open16(t, b, Options{}))
	if len(got) != 3 || end != camera.ErrEnded {
		t.Errorf("frame tags: frames %v, end %v", got, end)
	}
	for name, cut := range map[string][]byte{"ends inside a frame": b[:len(b)-1], "no frame begins": append(slices.Clone(b), "FRAMES\n"...)} {
		got, end := play(t, open16(t, cut, Options{}))
		if !errors.Is(end, ErrBroken) || !strings.Contains(end.Error(), name) {
			t.Errorf("%s: frames %v, end %v", name, got, end)
		}
	}
	for _, rate := range []string{"", "F0:0", "F25", "F1:100", "F99999:1", "Fx:1"} {
		b := yuv("YUV4MPEG2 W17 H9 "+rate+" Cmono", 3, 153)
		if _, err := NewReader(bytes.NewReader(b), int64(len(b)), Options{}); !errors.Is(err, ErrInterval) {
			t.Errorf("rate %q: %v, want ErrInterval", rate, err)
		}
	}
}

func fuzz(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := NewReader(bytes.NewReader(b), int64(len(b)), Options{})
		if err != nil {
			if c != nil || !strings.HasPrefix(err.Error(), "clip: ") && !errors.Is(err, camera.ErrFormat) {
				t.Errorf("answer %v, %v", c, err)
			}
			return
		}
		got, end := play(t, c)
		if end != camera.ErrEnded && !errors.Is(end, ErrBroken) {
			t.Errorf("after %d frames: %v", len(got), end)
		}
	})
}

func FuzzAVI(f *testing.F) {
	h := head(40000, 1, 25)
	f.Add(riff("AVI ", h, list("movi", frames(3)), chunk("idx1", words(1, 2))))
	f.Add(riff("AVI ", h, list("movi", list("rec ", frames(1)), chunk("00dc"))))
	f.Add(lie(riff("AVI ", h, list("movi", frames(3))), "00dc", 1, 1<<32-1))
	f.Add(riff("AVI ", list("movi", frames(3))))
	fuzz(f)
}

func FuzzY4M(f *testing.F) {
	f.Add(yuv("YUV4MPEG2 W8 H8 F25:1 Cmono", 2, 64))
	f.Add(yuv("YUV4MPEG2 W9 H9 F25:1 C422", 2, 171)[:200])
	f.Add([]byte("YUV4MPEG2 W1099511627776 H-1 F25:1\nFRAME\n"))
	fuzz(f)
}
