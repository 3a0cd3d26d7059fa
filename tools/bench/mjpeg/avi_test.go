package main

import (
	"encoding/binary"
	"testing"
)

func chunk(kind, body string) string {
	s := kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
	if len(body)%2 == 1 {
		s += "\x00"
	}
	return s
}

func TestFrames(t *testing.T) {
	movie := chunk("LIST", "movi"+chunk("00dc", "one")+chunk("01wb", "00dc sound")+chunk("00dc", "")+chunk("00dc", "two!"))
	clip := chunk("RIFF", "AVI "+chunk("LIST", "hdrl"+chunk("avih", "header"))+movie+chunk("idx1", "00dc"))
	for cut, want := range map[int]int{len(clip): 2, len(clip) - 14: 1} { // without the index and in the last frame
		found, err := frames([]byte(clip[:cut]))
		if err != nil || len(found) != want || string(found[0]) != "one" {
			t.Errorf("cut at %d: %q, %v; want %d", cut, found, err, want)
		}
	}
	for _, bad := range []string{"", "RIFF....WAVE", clip[:40]} {
		if found, err := frames([]byte(bad)); err == nil {
			t.Errorf("%q: %q", bad, found)
		}
	}
}

func TestMedian(t *testing.T) {
	if m := median([]float64{3, 1, 2}); m != 2 {
		t.Error(m)
	}
	if m := median([]float64{4, 1, 2, 3}); m != 2.5 {
		t.Error(m)
	}
}
