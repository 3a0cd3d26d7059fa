package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tellijn/tools/replay/replaytest"
)

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{}, {"-truth", "a", "-time", "b"}, {"-truth", "a"}, {"-score", "-time", "a"}, {"-wrong", "a"}, {"-wrong", "a", "-scenes", "1"}, {"-play", "a"}, {"-grid", "80", "-time", "a"},
		{"-grid", "80x60x2", "-time", "a"}, {"-time", "a", "b"}, {"-nonsense"}, {"-passes", "1", "-time", "a"}, {"-scenes", "-1"},
		{"-play", "a", "-line", "0,x,1,1", "-person-area", "0.1"}, {"-knobs", "-only", "nonsense"}, {"-knobs", "-seeds", "0"},
	} {
		if code, _, errs := replay(t, args...); code != 2 || errs == "" {
			t.Errorf("%q: status %d, %q", args, code, errs)
		}
	}
	if code, _, errs := replay(t, "-help"); code != 0 || !strings.Contains(errs, "-truth file") {
		t.Errorf("-help: status %d, %q", code, errs)
	}
}

// The last number of the last line is what comparisons with other programs read.
func TestTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "frames.yuyv")
	replaytest.YUYV(t, path, 4)
	for grid, says := range map[string]string{"80x60": "0.025210 of the picture instead of 0.0271: 80x60 cells would be 11.4 a person",
		"160x120": "0.006303 of the picture instead of 0.0271: 160x120 cells would be 22.8 a person", "71x53": "4 frames"} {
		code, out, errs := replay(t, "-passes", "3", "-grid", grid, "-time", path)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		numbers := regexp.MustCompile(`\d+(?:\.\d+)?`).FindAllString(lines[len(lines)-1], -1)
		if code != 0 || !strings.Contains(out, says) || len(numbers) == 0 {
			t.Fatalf("%s: status %d, %q, %q", grid, code, out, errs)
		}
		if ns, err := strconv.ParseFloat(numbers[len(numbers)-1], 64); err != nil || ns < 10_000 || ns > 1e9 {
			t.Errorf("%s: %v ns a frame, %v", grid, ns, err)
		}
	}
	short := filepath.Join(t.TempDir(), "short")
	os.WriteFile(short, make([]byte, 1000), 0o600)
	for args, says := range map[string]string{"80x61 " + path: "no person makes a grid of 80x61", "80x60 " + short: "want a multiple of 614400",
		"80x60 " + short + "er": "no such file", "80x60 " + os.DevNull: "no mode reads a camera"} {
		grid, file, _ := strings.Cut(args, " ")
		if code, _, errs := replay(t, "-grid", grid, "-time", file); code != 1 || !strings.Contains(errs, says) {
			t.Errorf("%s: status %d, %q, want %q", args, code, errs, says)
		}
	}
}

func TestPlay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.y4m")
	replaytest.Y4M(t, path, 120, 90, true)
	code, out, errs := replay(t, "-play", path, "-line", "0,0.5,1,0.5", "-person-area", "0.03")
	if code != 0 || strings.Count(out, "frame ") != 2 || !strings.Contains(out, "@") || !strings.HasSuffix(out, "forward 1, backward 1\n") || strings.Contains(out, "\x1b") {
		t.Errorf("status %d, %q:\n%s", code, errs, out)
	}
	for file, says := range map[string]string{
		"/dev/video0": "no mode shows a camera: /dev/video0 is below /dev", os.DevNull: "below /dev",
		t.TempDir(): "is no regular file", path + "x": "no such file",
	} {
		if code, _, errs := replay(t, "-play", file, "-line", "0,0.5,1,0.5", "-person-area", "0.03"); code != 1 || !strings.Contains(errs, says) {
			t.Errorf("%s: status %d, %q, want %q", file, code, errs, says)
		}
	}
	link := filepath.Join(t.TempDir(), "link.avi")
	if os.Symlink(os.DevNull, link) == nil {
		if code, _, errs := replay(t, "-play", link, "-line", "0,0.5,1,0.5", "-person-area", "0.03"); code != 1 || !strings.Contains(errs, "no regular file") {
			t.Errorf("a link to a device: status %d, %q", code, errs)
		}
	}
	if code, _, errs := replay(t, "-play", path, "-line", "0,0.5,1,2", "-person-area", "0.03"); code != 1 || !strings.Contains(errs, "outside the picture") {
		t.Errorf("line outside: status %d, %q", code, errs)
	}
}

func TestScenes(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("counts minutes of scenes: not with -short or under the race detector")
	}
	code, out, errs := replay(t, "-scenes", "20", "-quiet", "1", "-seed", "77", "-parallel", "1")
	want := regexp.MustCompile(`^scenes of 160x120 GREY, first seed 77; -seed 77 repeats them
door: 1 scenes, \d+ true crossings, \d+ missed, \d+ false: \d+\.\d\d% right
turn:        1 scenes in which nobody crosses, alone: \d+ false crossings.*
hover:       1 scenes .* alone: .*
stand:       1 scenes .* alone: .*
light switch: 1 scenes .* alone: .*
turn:        1 scenes .* in a nominal door, with sun and trolleys: \d+ false crossings.*
hover:       1 scenes .* nominal .*
stand:       1 scenes .* nominal .*
light switch: 1 scenes .* nominal .*
`)
	if code != 0 || !want.MatchString(out) {
		t.Errorf("status %d, %q:\n%s", code, errs, out)
	}
}

func TestKnobs(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("counts minutes of scenes: not with -short or under the race detector")
	}
	dir := filepath.Join(t.TempDir(), "new")
	code, out, errs := replay(t, "-knobs", "-only", "door", "-seeds", "1", "-seed", "5", "-out", dir)
	if code != 0 || !strings.HasPrefix(out, "door           0:") {
		t.Fatalf("status %d, %q:\n%s", code, errs, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "knobs.json"))
	var figures struct {
		Knobs []struct{ Points []struct{ Value, True int } }
	}
	if err != nil || json.Unmarshal(data, &figures) != nil || len(figures.Knobs) != 1 || len(figures.Knobs[0].Points) != 2 || figures.Knobs[0].Points[1].True == 0 {
		t.Errorf("%v, figures %s", err, data)
	}
	if data, err = os.ReadFile(filepath.Join(dir, "knobs.svg")); err != nil || xml.Unmarshal(data, new(struct{})) != nil || strings.Contains(string(data), "%!") {
		t.Errorf("%v, plot %s", err, data)
	}
}
