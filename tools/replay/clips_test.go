package main

import (
	"os"
	"path/filepath"
	"testing"

	"tellijn/tools/replay/clips"
	"tellijn/tools/replay/score"
	"tellijn/tools/replay/truth"
)

// bounds on wrong events, missed and false together: what each clip, or group of clips, should
// have at most, and where it is not yet so what it has today. No figure may get worse than the
// larger of the two; when today's gets better, write it down here.
var bounds = []struct {
	name       string
	aim, today int
	wholeGroup bool
}{
	{name: "koba", aim: 0, today: 0},
	{name: "pave", aim: 1, today: 1},
	{name: "patio", aim: 2, today: 2},
	{name: "pamela4a", aim: 4, today: 3},
	{name: "thermal", aim: 2, today: 0, wholeGroup: true},
}

// TestClips counts real clips, whose truth was counted by eye. They are no part of this repository:
// TELLIJN_CLIPS names their folder, with truth.json in it.
func TestClips(t *testing.T) {
	dir := os.Getenv("TELLIJN_CLIPS")
	if dir == "" {
		t.Skip("TELLIJN_CLIPS names no folder of clips with their truth.json")
	}
	if raceEnabled {
		t.Skip("counts thousands of frames: not under the race detector")
	}
	list, err := truth.Read(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := clips.Run(clips.Job{Clips: list, Folder: dir, Parallel: 2})
	if err != nil {
		t.Fatal(err)
	}
	var scores []score.Row
	for i := range rows {
		if rows[i].Err != nil {
			t.Fatal(rows[i].Err)
		}
		scores = append(scores, clips.Score(&list[i], &rows[i].Result))
	}
	groups, _ := score.Groups(scores)
	for _, b := range bounds {
		in := scores
		if b.wholeGroup {
			in = groups
		}
		found := false
		for _, r := range in {
			if r.Name != b.name && (!b.wholeGroup || r.Group != b.name) {
				continue
			}
			found = true
			wrong := r.Both().Wrong()
			t.Logf("%s: %d wrong of %d true; aim %d, noted %d", b.name, wrong, r.Both().True, b.aim, b.today)
			if wrong > max(b.aim, b.today) {
				t.Errorf("%s: %d wrong events, want at most %d", b.name, wrong, max(b.aim, b.today))
			}
		}
		if !found {
			t.Errorf("%s: not in truth.json", b.name)
		}
	}
}
