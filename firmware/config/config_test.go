package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
)

// good is a whole configuration; the numbers of its lines are what the tests look for.
const good = `device = "north-door"
interval = "15m"

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

// leaving is what becomes of the counts.
const leaving = good + `
[release]
k = 4
open = "08:00"
zone = "Europe/Amsterdam"

[upload]
kind = "https"
address = "counts.example:8443"
receipts = "1111111111111111111111111111111111111111111111111111111111111111"

[room]
name = "hall-2"
head = "north-door"

[[room.door]]
device = "north-door"
sign = "2222222222222222222222222222222222222222222222222222222222222222"
seal = "3333333333333333333333333333333333333333333333333333333333333333"

[[room.door]]
device = "south-door"
sign = "4444444444444444444444444444444444444444444444444444444444444444"
seal = "5555555555555555555555555555555555555555555555555555555555555555"
`

func TestLeaving(t *testing.T) {
	b := board(t)
	if err := Apply("f.toml", leaving, &b); err != nil {
		t.Fatal(err)
	}
	if b.Release.K != 4 || b.Release.Open != "08:00" || b.Upload.Kind != "https" || b.Room.NDoor != 2 || b.Room.Doors[1].Device != "south-door" {
		t.Fatalf("%+v", b)
	}
	for _, tc := range []struct{ from, to, line, hint string }{
		{`k = 4`, `k = -1`, ":27:", "number of people"},
		{`"08:00"`, `"8:00"`, ":28:", "such as 07:30"},
		{`"08:00"`, `"24:01"`, ":28:", "such as 07:30"},
		{`"Europe/Amsterdam"`, `"Local"`, ":29:", "such as Europe/Amsterdam"},
		{`"Europe/Amsterdam"`, `"../../etc/localtime"`, ":29:", "such as Europe/Amsterdam"},
		{`"https"`, `"ftp"`, ":32:", "https, mqtt or file"},
		{`"https"`, `"file"`, ":33:", "own folder"},
		{`kind = "https"`, ``, ":31:", "missing"},
		{`"counts.example:8443"`, `"counts.example"`, ":33:", "host and a port"},
		{`"counts.example:8443"`, `"counts.example:0"`, ":33:", "host and a port"},
		{`"counts.example:8443"`, `"counts.example:08443"`, ":33:", "host and a port"},
		{`"counts.example:8443"`, `"http://counts.example:8443"`, ":33:", "host and a port"},
		{`"counts.example:8443"`, `"-x:8443"`, ":33:", "host and a port"},
		{`"111111`, `"11111`, ":34:", "64 digits"},
		{`"hall-2"`, `"Hall 2"`, ":37:", "hyphen"},
		{`head = "north-door"`, `head = "east-door"`, ":38:", "one of the doors"},
		{`device = "south-door"`, `device = "north-door"`, ":46:", "twice"},
		{`"444444`, `"G44444`, ":47:", "64 digits"},
		{`"4444444444444444444444444444444444444444444444444444444444444444"`, `"2222222222222222222222222222222222222222222222222222222222222222"`, ":46:", "keys of another"},
	} {
		text := strings.Replace(leaving, tc.from, tc.to, 1)
		if strings.HasPrefix(tc.from, "device") { // the first is the name of this device
			text = leaving[:len(good)] + strings.Replace(leaving[len(good):], tc.from, tc.to, 1)
		}
		b := board(t)
		err := Apply("f.toml", text, &b)
		if text == leaving || !errors.Is(err, plan.ErrInvalid) || !strings.Contains(err.Error(), "f.toml"+tc.line) || !strings.Contains(err.Error(), tc.hint) {
			t.Errorf("%q: got %v, want line %s and %q", tc.to, err, tc.line, tc.hint)
		}
	}
	other := strings.Replace(leaving, `device = "north-door"`, `device = "east-door"`, 1)
	if err := Apply("f.toml", other, &b); err == nil || !strings.Contains(err.Error(), `none of them is this device, "east-door"`) {
		t.Error(err)
	}
	v6 := strings.Replace(leaving, "counts.example:8443", "[2001:db8::1]:8443", 1)
	if err := Apply("f.toml", v6, &b); err != nil {
		t.Error(err)
	}
}

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
	if b.Device != "north-door" || b.Interval != 15*time.Minute || b.Path != "/dev/video0" ||
		b.Scene.NLines != 2 || b.Scene.NZones != 1 || b.Scene.PersonArea != 30_000 ||
		b.Wanted.Interval != 33333*time.Microsecond || b.Scene.Lines[1].B.X != 1<<16 {
		t.Fatalf("%+v", b)
	}
}

func TestNothingChangesNothing(t *testing.T) {
	b := board(t)
	if err := Apply("empty.toml", "# all as the board has it\n", &b); err != nil || !reflect.DeepEqual(b, board(t)) {
		t.Fatalf("%+v, %v", b, err)
	}
}

// TestWrong changes one thing at a time and looks for the line and the hint.
func TestWrong(t *testing.T) {
	for _, tc := range []struct{ from, to, line, hint string }{
		{`"north-door"`, `"North Door"`, ":1:", "hyphen"},
		{`"15m"`, `"61s"`, ":2:", "want 15m, 20m"},
		{`"15m"`, `"14m"`, ":2:", "want 15m, 20m"},
		{`"15m"`, `"10m"`, ":2:", "want 15m, 20m"},
		{`"15m"`, `15`, ":2:", "invalid: interval: incompatible types"},
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
		if !reflect.DeepEqual(b, board(t)) {
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
