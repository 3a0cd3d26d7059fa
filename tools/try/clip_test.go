package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestClip counts on a clip that is made here: a dark square walks down over a grey floor.
func TestClip(t *testing.T) {
	dir := t.TempDir()
	clip := filepath.Join(dir, "walk.y4m")
	if err := os.WriteFile(clip, walk(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, out := run(t, dir, "-clip", clip, "-line", "0.05,0.5,0.95,0.5", "-person-area", "0.04", "-speed", "20", "-quit")
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rs := records(t, dir)
	var forward, backward, cycles, expected uint32
	for _, r := range rs {
		forward, backward = forward+r.Lines[0].Forward, backward+r.Lines[0].Backward
		cycles, expected = cycles+r.Coverage.Cycles, expected+r.Coverage.Expected
		if r.Camera.Driver != "clip" || !r.Simulated || r.Camera.Width != 160 {
			t.Fatalf("%+v", r)
		}
	}
	if cycles != walkFrames || expected != walkFrames {
		t.Errorf("%d cycles of %d, want %d", cycles, expected, walkFrames)
	}
	if forward != 1 || backward != 0 {
		t.Errorf("counted %d forward, %d backward, want 1 and 0\n%s", forward, backward, out)
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
