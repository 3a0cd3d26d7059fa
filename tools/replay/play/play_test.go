package play

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tellijn/counting/scene"
	"tellijn/tools/replay/replaytest"
)

func across() *scene.Scene {
	sc := &scene.Scene{PersonArea: replaytest.PersonArea * 1_000_000, NLines: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	return sc
}

// On a terminal every cycle is drawn, the line lights up at both crossings, and the cursor comes
// back. There is no colour but those that say what a dot is: no grey level of the clip shows.
func TestLive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.avi")
	replaytest.AVI(t, path, 320, 240, 5)
	waits := 0
	src, err := Open(path, func(time.Duration) error { waits++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Show(t.Context(), &b, true, src, across()); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if !strings.HasPrefix(out, "\x1b[?25l") || !strings.HasSuffix(out, "forward 1, backward 1\n\x1b[0m\x1b[?25h") {
		t.Errorf("begins %q, ends %q", out[:20], out[len(out)-80:])
	}
	drawn := strings.Split(out, "\x1b[H")[1:]
	if len(drawn) != replaytest.Frames-1 || waits < replaytest.Frames {
		t.Errorf("%d cycles drawn and waited for %d, want %d and %d", len(drawn), waits, replaytest.Frames-1, replaytest.Frames)
	}
	known := map[int]bool{bright: true}
	for _, c := range colours {
		known[c] = true
	}
	for _, m := range regexp.MustCompile(`\x1b\[38;5;(\d+);48;5;(\d+)m`).FindAllStringSubmatch(out, -1) {
		for _, text := range m[1:] {
			if c, _ := strconv.Atoi(text); !known[c] {
				t.Fatalf("colour %d says nothing", c)
			}
		}
	}
	shining := 0
	for _, d := range drawn {
		if strings.Contains(d, "5;"+strconv.Itoa(bright)) {
			shining++
		}
	}
	if shining < 20 || shining > 30 {
		t.Errorf("the line shines in %d cycles, want half a second at each of two crossings", shining)
	}
}

func TestCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.y4m")
	replaytest.Y4M(t, path, 120, 90, true)
	src, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b bytes.Buffer
	if err := Show(ctx, &b, true, src, across()); err != nil || strings.Contains(b.String(), "\x1b[H") || !strings.HasSuffix(b.String(), "\x1b[?25h") {
		t.Errorf("%v, %q", err, b.String())
	}
}
