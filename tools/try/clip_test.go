package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// clip counts on a clip that is made here: a dark square walks down over a grey floor.
func clip(t *testing.T, tool, programs string) {
	clip := filepath.Join(t.TempDir(), "walk.y4m")
	if err := os.WriteFile(clip, walk(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, tool, "-programs", programs, "-clip", clip, "-line", "0.05,0.5,0.95,0.5", "-person-area", "0.04", "-speed", "10", "-day", "2s", "-quit")
	if err := r.wait(t); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.out.String(), "door        Counted  line 1: 1 forward, 0 backward") {
		t.Error("not counted as it walks: once forward")
	}
	// Of eight seconds at this day 38 intervals are closed, and the one that is open stays on the device.
	all := r.verified(t)["door"]
	if n := len(all); n < 30 || n > 40 {
		t.Errorf("%d records arrived, want about 38", n)
	}
	for _, rec := range all {
		if rec.Camera.Driver != "clip" || !rec.Simulated || rec.Camera.Width != 160 || rec.Coverage < 90 && rec.Sequence > 0 {
			t.Fatalf("%+v", rec)
		}
	}
}

const walkFrames = 200

// walk is a Y4M clip of eight seconds at 25 a second.
func walk() []byte {
	const w, h, side = 160, 120, 28
	var b bytes.Buffer
	fmt.Fprintf(&b, "YUV4MPEG2 W%d H%d F25:1 Ip A1:1 Cmono\n", w, h)
	rows := make([]byte, w*h)
	seed := uint32(1)
	for n := range walkFrames {
		for i := range rows { // a floor with a little noise, as every camera has
			seed = seed*1664525 + 1013904223
			rows[i] = 120 + byte(seed>>30)
		}
		top := (n-75)*2 - side // walks in after three seconds, 50 pixels a second
		for y := max(top, 0); y < min(top+side, h); y++ {
			for x := 66; x < 66+side; x++ {
				rows[y*w+x] = 40 + byte((x*7+y*3)&15)
			}
		}
		b.WriteString("FRAME\n")
		b.Write(rows)
	}
	return b.Bytes()
}
