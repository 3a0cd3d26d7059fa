package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tellijn/tools/replay/replaytest"
)

// replay runs the program and gives its exit status, output and errors.
func replay(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	var files [2]*os.File
	for i, name := range []string{"out", "errs"} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files[i] = f
	}
	o, err := parse(args, files[1])
	if err == nil {
		err = o.run(files[0], files[1])
	}
	code = status(files[1], err)
	var text [2]string
	for i, f := range files {
		f.Seek(0, io.SeekStart)
		b, _ := io.ReadAll(f)
		text[i] = string(b)
	}
	return code, text[0], text[1]
}

// folder makes a folder of clips and its truth file, with more clips in it if told.
func folder(t *testing.T, more ...map[string]any) (truth, clips string) {
	t.Helper()
	clips = t.TempDir()
	if err := os.Mkdir(filepath.Join(clips, "raw"), 0o700); err != nil {
		t.Fatal(err)
	}
	replaytest.Y4M(t, filepath.Join(clips, "raw", "a.y4m"), 120, 90, false)
	replaytest.AVI(t, filepath.Join(clips, "b.avi"), 160, 120, 3, 4)
	all := append([]map[string]any{entry("first", "raw/a.y4m"), entry("second", "b.avi")}, more...)
	all[1]["group"], all[1]["forward"] = "coded", []int{replaytest.Down, 160} // one who never came
	data, err := json.Marshal(map[string]any{"about": "made for a test", "clips": all})
	if err != nil {
		t.Fatal(err)
	}
	truth = filepath.Join(clips, "truth.json")
	if err := os.WriteFile(truth, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return truth, clips
}

func entry(name, file string) map[string]any {
	return map[string]any{"name": name, "file": file, "group": "raw", "fps": replaytest.Rate, "line": []float64{0, .5, 1, .5},
		"person_area": replaytest.PersonArea, "eval_start": 0, "tolerance": 5, "total": true, "notes": "unknown fields are fine",
		"forward": []int{replaytest.Down}, "backward": []int{replaytest.Up}}
}

// steady masks what is never the same twice: times and spaces.
func steady(s string) string {
	s = regexp.MustCompile(`(\d \+ \d) +\d+`).ReplaceAllString(s, "$1 NS")
	s = regexp.MustCompile(`mean \d\.\d+ \d\.\d+, worst \d+\.\d \d+\.\d`).ReplaceAllString(s, "mean M M, worst W W")
	return regexp.MustCompile(` +`).ReplaceAllString(s, " ")
}

const wantTable = `clip frames grid cells a crossings ns a MJPEG: lowest coefficients against full decode
 person fwd + bwd frame grey levels, each for units and for cells
first 170 73x54 11.0 1 + 1 NS
second 168 40x30 6.0 1 + 1 NS mean M M, worst W W (25 frames) 2 damaged frames passed over

clip truth fwd bwd count events
first 2 1 1 0 0
second 3 1 1 1 1
all raw 2 0 0
all coded 3 1 1
`

func TestTruth(t *testing.T) {
	truth, clips := folder(t)
	events := filepath.Join(t.TempDir(), "not", "there", "yet")
	code, out, errs := replay(t, "-truth", truth, "-clips", clips, "-events", events, "-score")
	if code != 0 || errs != "" {
		t.Errorf("status %d, errors %q", code, errs)
	}
	if got := steady(out); got != wantTable {
		t.Errorf("got:\n%s\nwant:\n%s", got, wantTable)
	}
	for _, name := range []string{"first", "second"} {
		got, err := os.ReadFile(filepath.Join(events, name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		near := regexp.MustCompile(`^{"frame": (59|60|61), "direction": "forward"}\n{"frame": (129|130|131), "direction": "backward"}\n$`)
		if !near.Match(got) {
			t.Errorf("%s: crossings\n%s", name, got)
		}
	}
}

// Clips with wrong events have a sheet and a line for each event, the others nothing.
func TestWrong(t *testing.T) {
	truth, clips := folder(t)
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	code, out, errs := replay(t, "-truth", truth, "-clips", clips, "-wrong", dir)
	if code != 0 || errs != "" || !strings.HasSuffix(out, "\n\nsecond: missed forward at frame 160\n") {
		t.Errorf("status %d, errors %q:\n%s", code, errs, out)
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 1 || files[0].Name() != "second.png" {
		t.Errorf("files %v, want second.png", files)
	}
	if _, _, errs := replay(t, "-scenes", "1", "-wrong", dir); !strings.Contains(errs, "such as -truth FILE -clips DIR -wrong") {
		t.Errorf("%q lacks a hint", errs)
	}
}

// A clip that cannot be counted is named; the others are counted, and the status says so.
func TestTruthGoesOn(t *testing.T) {
	outside, noRate, tiny := entry("outside", "b.avi"), entry("no rate", "raw/a.y4m"), entry("tiny", "b.avi")
	outside["line"], tiny["person_area"] = []float64{0, .5, 1.5, .5}, 0.0001
	delete(noRate, "fps")
	up := entry("up", "../b.avi")
	truth, clips := folder(t, outside, entry("gone", "gone.avi"), noRate, up, tiny)
	events := t.TempDir()
	code, out, errs := replay(t, "-truth", truth, "-clips", clips, "-events", events)
	if code != 1 {
		t.Errorf("status %d, want 1", code)
	}
	for _, want := range []string{
		"clip outside: clip outside: scene: invalid: line 0 ends outside the picture", "clip gone: clip: open ",
		"clip no rate: clip: frame rate unknown", `clip up: truth: unusable: clip up: file "../b.avi" is not below`,
		"clip tiny: clip tiny: scene: invalid: person area 100 millionths", "5 of 7 clips were not counted",
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("errors lack %q:\n%s", want, errs)
		}
	}
	if n := strings.Count(out, "not counted"); n != 5 {
		t.Errorf("%d rows say that they were not counted, want 5:\n%s", n, out)
	}
	files, _ := os.ReadDir(events)
	if len(files) != 2 {
		t.Errorf("%d files of crossings, want 2", len(files))
	}
}

func TestTruthFileErrors(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		`{"clips": [`:                            "unexpected end of JSON",
		`{"clips": []}`:                          "no clips",
		`{"clips": [{"file": "a.avi"}]}`:         `clip 0 is named ""`,
		`{"clips": [{"name": "../a"}]}`:          `is named "../a"`,
		`{"clips": [{"name":"a"},{"name":"a"}]}`: `two clips are named "a"`,
		`{"clips": [{"name":"a","line":"0,1"}]}`: "cannot unmarshal string",
	} {
		path := filepath.Join(dir, "truth.json")
		os.WriteFile(path, []byte(text), 0o600)
		if code, _, errs := replay(t, "-truth", path, "-events", dir); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %q, want %q", text, code, errs, want)
		}
	}
	if code, _, errs := replay(t, "-truth", filepath.Join(dir, "none"), "-events", dir); code != 1 || !strings.Contains(errs, "no such file") {
		t.Errorf("no file: status %d, %q", code, errs)
	}
}
