package signs

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// press looks at a button every 100 ms, and gives at which looks it asked.
func press(looks string) (asked []int) {
	var b Button
	for i, c := range looks {
		if b.Look(time.Duration(i)*100*time.Millisecond, c == '#') {
			asked = append(asked, i)
		}
	}
	return asked
}

func TestButton(t *testing.T) {
	const s29, s30, s31 = ".#############################", ".##############################", ".###############################"
	for _, tc := range []struct {
		what, looks string
		at          []int
	}{
		{"never", "................................................", nil},
		{"2.9 s", s29 + ".....", nil},
		{"up to 3 s", s30 + ".....", nil},
		{"3 s", s31 + ".....", []int{31}},
		{"longer asks once", s31 + s31[1:] + "....", []int{31}},
		{"a moment up begins anew", s30[:20] + "." + s30[1:20] + "." + s30[1:20], nil},
		{"twice", s31 + s31, []int{31, 63}},
		{"down from the first look on", s31[1:] + s31[1:], nil},
		{"down from the first look on, then again", s31[1:] + s31, []int{62}},
	} {
		got := press(tc.looks)
		if len(got) != len(tc.at) {
			t.Errorf("%s: asked at %v, want %v", tc.what, got, tc.at)
			continue
		}
		for i := range got {
			if got[i] != tc.at[i] {
				t.Errorf("%s: asked at %v, want %v", tc.what, got, tc.at)
			}
		}
	}
}

// TestButtonLaws lets anybody press, with looks that come late: it asks only after three seconds of looks
// that all found it down, with one before that found it up, and once for each time.
func TestButtonLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b Button
		now, since := time.Duration(0), time.Duration(-1) // since when it is down, -1 for up or never up
		free, asked := false, false
		for range rapid.IntRange(1, 300).Draw(t, "looks") {
			down := rapid.IntRange(0, 99).Draw(t, "down") < 97
			if !down {
				free, since, asked = true, -1, false
			} else if free && since < 0 {
				since = now
			}
			want := down && since >= 0 && !asked && now-since >= Hold
			asked = asked || want
			if got := b.Look(now, down); got != want {
				t.Fatalf("at %v: asked %v, want %v", now, got, want)
			}
			now += time.Duration(rapid.IntRange(1, 400).Draw(t, "ms")) * time.Millisecond
		}
	})
}
