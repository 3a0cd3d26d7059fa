package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
)

// good is a whole configuration; the numbers of its lines are what the tests look for.
const good = `device = "north-door"
interval = "60s"

[camera]
driver = "v4l2"
path = "/dev/video0"
format = "YUYV"
width = 640
height = 480
fps = 30

[scene]
person_area = 0.03 # walked through on the day of mounting

[[scene.line]]
from = [0.1, 0.5]
to = [0.9, 0.5]

[[scene.line]]
from = [0, 0.2]
to = [1, 0.2]

[[scene.zone]]
corners = [[0, 0.5], [1, 0.5], [1, 1], [0, 1]]
`

func board(t *testing.T) boards.Board {
	t.Helper()
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tellijn.toml")
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	b := board(t)
	if err := Load(path, &b); err != nil {
		t.Fatal(err)
	}
	if b.Device != "north-door" || b.Interval != time.Minute || b.Path != "/dev/video0" ||
		b.Scene.NLines != 2 || b.Scene.NZones != 1 || b.Scene.PersonArea != 30_000 ||
		b.Wanted.Interval != 33333*time.Microsecond || b.Scene.Lines[1].B.X != 1<<16 {
		t.Fatalf("%+v", b)
	}
}

func TestNothingChangesNothing(t *testing.T) {
	b := board(t)
	if err := Apply("empty.toml", "# all as the board has it\n", &b); err != nil || b != board(t) {
		t.Fatalf("%+v, %v", b, err)
	}
}

// TestWrong changes one thing at a time and looks for the line and the hint.
func TestWrong(t *testing.T) {
	for _, tc := range []struct{ from, to, line, hint string }{
		{`"north-door"`, `"North Door"`, ":1:", "hyphen"},
		{`"60s"`, `"61s"`, ":2:", "divisor"},
		{`"60s"`, `60`, ":2:", "invalid: interval: incompatible types"},
		{`"v4l2"`, `"usb"`, ":5:", "v4l2, sim or clip"},
		{`"/dev/video0"`, `"video0"`, ":6:", "such as /dev/video0"},
		{`"/dev/video0"`, `"/dev/../etc/passwd"`, ":6:", "such as /dev/video0"},
		{`"/dev/video0"`, `"/dev/video 0"`, ":6:", "such as /dev/video0"},
		{`"/dev/video0"`, `"/dev/` + strings.Repeat("a", 124) + `"`, ":6:", "at most 128"},
		{`"YUYV"`, `"RGB3"`, ":7:", "YUYV, UYVY"},
		{`width = 640`, `width = 64000`, ":8:", "want 8 to 4096"},
		{`height = 480`, `height = "480"`, ":9:", "int"},
		{`fps = 30`, `fps = 0`, ":10:", "want 1 to 240"},
		{`fps = 30`, `fps = nan`, ":10:", "want 1 to 240"},
		{`0.03 #`, `3 #`, ":13:", "walk through once"},
		{`to = [0.9, 0.5]`, `to = [1.9, 0.5]`, ":17:", "coordinates go from 0"},
		{`to = [0.9, 0.5]`, `to = [0.1, 0.5]`, ":17:", "1/50"},
		{`to = [1, 0.2]`, `to = [1, nan]`, ":21:", "coordinates go from 0"},
		{`to = [1, 0.2]`, `to = [1, 0.2, 3]`, ":21:", "array"},
		{`to = [1, 0.2]`, `too = [1, 0.2]`, ":21:", "unknown key"},
		{`[1, 1], [0, 1]]`, `[1, 1], [0, -1]]`, ":24:", "coordinates go from 0"},
		{`[[0, 0.5], [1, 0.5], [1, 1], [0, 1]]`, `[[0, 0.5], [1, 0.5]]`, ":24:", "want 3 to 12"},
		{`[[0, 0.5], [1, 0.5], [1, 1], [0, 1]]`, `[[0, 0], [0.5, 0.5], [1, 1]]`, ":24:", "no area"},
		{`[[scene.zone]]`, "colour = 3\n[[scene.zone]]", ":23:", "unknown key"},
		{`[[scene.zone]]`, "[[scene.zone]", ":24:", "delimiter"},
		{"[[scene.zone]]\n", strings.Repeat("[[scene.line]]\nfrom = [0, 0]\nto = [1, 1]\n", 7) + "[[scene.zone]]\n", ":41:", "at most 8"},
		{`device =`, `device = "a"` + "\ndevice =", ":2:", "already"},
	} {
		text := strings.Replace(good, tc.from, tc.to, 1)
		if text == good {
			t.Fatalf("%q is not in the text", tc.from)
		}
		b := board(t)
		err := Apply("f.toml", text, &b)
		if !errors.Is(err, plan.ErrInvalid) || !strings.Contains(err.Error(), "f.toml"+tc.line) || !strings.Contains(err.Error(), tc.hint) {
			t.Errorf("%q: got %v, want line %s and %q", tc.to, err, tc.line, tc.hint)
		}
		if b != board(t) {
			t.Errorf("%q: the board changed", tc.to)
		}
	}
}

func TestNoLines(t *testing.T) {
	b := board(t)
	err := Apply("f.toml", "[scene]\nperson_area = 0.02\n", &b)
	if err == nil || !strings.Contains(err.Error(), "f.toml:1: invalid: scene.line: there is none") {
		t.Fatal(err)
	}
}

// FuzzApply looks for texts that end the program, and for boards that do not hold.
func FuzzApply(f *testing.F) {
	f.Add(good)
	f.Add("[scene]\nline = [{from = [0, 0], to = [1, 1]}]\nperson_area = 1e-3\n")
	f.Add("[[scene.line]]]")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := boards.Lookup("sim")
		if err != nil {
			t.Fatal(err)
		}
		if Apply("f.toml", text, &b) != nil {
			return
		}
		if err := b.Scene.Check(); err != nil {
			t.Fatal(err)
		}
	})
}
