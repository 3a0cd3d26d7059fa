package page

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
)

const hostile = "</td><script>alert(\"x\")</script><img src=x onerror=y> & 'more' {{.}} \x1b[31m\x00"

func sampleAbout() about.About {
	return about.About{Bench: "virtual", When: time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC), Took: 1310, Command: "go run ./tools/rig -bench virtual all", Changed: true,
		Commit: "0123456789abcdef0123456789abcdef01234567", Go: "go1.26.1", QEMU: "QEMU emulator version 7.2.22", Host: "linux/amd64, 2 processors",
		Images: []about.Image{{Board: "rpi-zero-2w", SHA256: strings.Repeat("ab", 32), Kernel: "github.com/gokrazy/kernel.rpi v0.0.0", Used: 3}}}
}

// sample has one of each kind: green with everything, red in the middle, and one that could not be run.
func sample() ([]play.Result, fstest.MapFS) {
	green := play.Result{Scenario: play.Scenario{Name: "ladder", Title: "The camera is unplugged in the middle of its work and comes back",
		Why:   "Counting goes on by itself, nothing that was counted is lost, and the lamp tells the porter what is wrong.",
		Board: "rpi-zero-2w", Expect: 90, Setup: [][2]string{{"film", "door 7"}, {"at", "2027-03-01 08:14"}}, Text: "title   The camera is unplugged\n\nswitch the board on\n"},
		Bench: "virtual", Verdict: play.Green, Took: 124, Image: strings.Repeat("ab", 32), Curves: map[string][]play.Point{}}
	for i, s := range []play.Step{
		{Text: "switch the board on", Saw: "it has power"}, {Text: `the console says "Loaded +camera" within 120 s`, Saw: "Loaded   camera: v4l2, 320x240 YUYV, 10 frames a second", Check: true},
		{Text: "400 frames are taken within 90 s", Saw: "403 frames"}, {Text: "pull the camera's cable out", Saw: "out"}, {Text: "check the lamp flashes 4 times", Saw: "4 flashes, three times over", Check: true},
		{Text: "plug the camera's cable in", Saw: "in"}, {Text: "check the counts equal those of replay", Saw: "line 1: 7 forward, 5 backward", Check: true},
	} {
		s.Ran, s.Line, s.From, s.To = true, 12+i, float64(i*17), float64(i*17+16)
		green.Steps = append(green.Steps, s)
	}
	for i := range 60 {
		t := float64(i) * 2
		green.Curves["frames"] = append(green.Curves["frames"], play.Point{T: t, Y: max(0, math.Min(t, 60)*9.5+max(0, t-90)*9)})
		green.Curves["memory"] = append(green.Curves["memory"], play.Point{T: t, Y: 46_000 + 400*math.Sin(t/9)})
		for j, p := range []string{"first", "warden", "warden-core", "courier", "dialer", "scout", "eye"} {
			green.Curves["memory of "+p] = append(green.Curves["memory of "+p], play.Point{T: t, Y: float64(3000+1000*j) + 90*math.Sin(t/7+float64(j))})
		}
	}
	green.Timeline = []play.Event{{At: 1, Kind: play.KindPower, High: true}, {At: 19, Kind: play.KindCamera, High: true}, {At: 22, Kind: play.KindLamp, High: true}, {At: 52, Kind: play.KindFault, Text: "the camera's cable is pulled out"},
		{At: 53, Kind: play.KindLamp}, {At: 118, Kind: play.KindCamera}, {At: 120, Kind: play.KindPower}, {At: 60, Kind: play.KindSaid, Text: "the server of addresses gave 10.0.2.15"}}
	for i := range 12 {
		green.Timeline = append(green.Timeline, play.Event{At: 54 + float64(i)*1.2, Kind: play.KindLamp, High: i%2 == 0})
	}
	for i := range 6 {
		at := 25 + 16*float64(i)
		green.Timeline = append(green.Timeline, play.Event{At: at, Kind: play.KindRecord, Text: fmt.Sprint("record ", i)})
		green.Records = append(green.Records, play.Record{At: at, Sequence: uint32(i), From: 1_803_888_000 + int64(i)*900, To: 1_803_888_900 + int64(i)*900, Coverage: uint8(100 - 40*(i%3/2)),
			Lifetime: [2]int{[]int{20, 50, 255}[i%3], 10}, Lines: [][2]int64{{int64(3 * (i / 2)), 0}}})
	}
	green.Counts = []play.Line{{Truth: &bench.Counts{Forward: 7, Backward: 5}, Replayed: &bench.Counts{Forward: 7, Backward: 5}, Booked: &bench.Counts{Forward: 7, Backward: 5}}}
	for i := range 40 {
		green.Console = append(green.Console, play.Said{At: float64(i), Line: fmt.Sprintf("warden: line %d of what the board said, which may be long enough to be wider than a narrow window is", i)})
	}
	green.Files = []play.File{{Name: "states", Path: "ladder/1-states.svg", Size: 100}, {Name: "hits by case", Path: "ladder/2-hits.csv", Size: 100}, {Name: "memory", Path: "ladder/3-memory.bin", Size: 536_870_912}, {Name: "notes", Path: "ladder/4-notes.txt", Size: 40}}
	red := play.Result{Scenario: play.Scenario{Name: "unapproved", Title: "Without an approval the camera stays dark", Why: "Nobody is counted whom nobody decided to count.", Board: "rpi-zero-2w", Text: hostile},
		Bench: "virtual", Verdict: play.Red, Reason: "line 14, check the camera has no power: it has had power since 21.4 s\n" + hostile, Took: 44, Image: strings.Repeat("ab", 32),
		Steps: []play.Step{{Text: "switch the board on", Ran: true, To: 2, Saw: hostile}, {Text: "check the camera has no power", Check: true, Ran: true, From: 2, To: 44, Err: "it has had power since 21.4 s " + hostile, Saw: "on at 21.4 s"},
			{Text: "check the log says \"approval\"" + hostile, Check: true}},
		Timeline: []play.Event{{At: 2, Kind: play.KindSaid, Text: hostile}, {At: 21.4, Kind: play.KindCamera, High: true}}, Console: []play.Said{{At: 1, Line: hostile}},
		Curves: map[string][]play.Point{hostile: {{T: 1, Y: math.NaN()}, {T: 2, Y: 3}}, "none": {{T: 1, Y: math.Inf(1)}}}}
	not := play.Result{Scenario: play.Scenario{Name: "memory", Title: "The memory of the whole board is searched", Why: "No frame is left.", Board: "virt", Text: "x"},
		Bench: "virtual", Verdict: play.CouldNot, Reason: "the bench could not be made ready: no qemu-system-aarch64 here; Debian: apt install qemu-system-arm", Steps: []play.Step{{Text: "switch the board on"}}}
	not.Files = []play.File{{Name: "forensics.json", Path: "memory/1-forensics.json"}, {Name: "forensics.json", Path: "memory/none.json"}}
	files := fstest.MapFS{
		"memory/1-forensics.json": {Data: []byte(`[{"Case": "while the eye counts <now>", "Where": "memory", "MiB": 512, "RowHits": 240, "WordHits": 19212, "LongestWord": 76800, "ControlPlanted": 9600, "ControlFound": 9600, "Allowed": "the two buffers of the driver", "Verdict": "as allowed"},
 {"Case": "after the eye crashed", "Where": "memory", "MiB": 512, "WordHits": 4, "LongestWord": 12, "ControlPlanted": 9600, "ControlFound": 9600, "Allowed": "words on the kernel's stacks", "Verdict": "nothing"}]`)},
		"ladder/1-states.svg": {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40" width="300" height="40"><rect width="300" height="40" fill="#cfdcea"/><script>alert(1)</script></svg>`)},
		"ladder/2-hits.csv":   {Data: []byte("case,hits,allowed\nstreaming,\"1,199\",\"the frame in the driver\"\nafter power off,0,0\n")},
		"ladder/4-notes.txt":  {Data: []byte("what was noted " + hostile)},
	}
	return []play.Result{green, red, not}, files
}

func write(t *testing.T, results []play.Result, files fstest.MapFS) string {
	t.Helper()
	a := sampleAbout()
	var b strings.Builder
	if err := Write(&b, &a, results, files); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestShot writes the sample where people can look at it.
func TestShot(t *testing.T) {
	dir := os.Getenv("TELLIJN_SHOTS")
	if dir == "" {
		t.Skip("TELLIJN_SHOTS names no folder for pictures of the page")
	}
	results, files := sample()
	if err := os.WriteFile(dir+"/bench.html", []byte(write(t, results, files)), 0o644); err != nil {
		t.Fatal(err)
	}
	shots(t, dir)
}
