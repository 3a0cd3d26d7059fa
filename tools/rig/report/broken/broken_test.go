package broken

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/rig/mutants"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
)

func TestWrite(t *testing.T) {
	all := []mutants.Outcome{
		{Name: "a", What: "One is <lost>.", Scenario: "s", Step: "check a", Failed: "check a", Seen: true, Verdict: play.Red, Reason: "line 3, check a: \x01"},
		{Name: "b", What: "B.", Scenario: "s", Verdict: play.Green},
		{Name: "c", What: "C.", Scenario: "s", Verdict: play.CouldNot, Reason: "no emulator"},
		{Name: "d", What: "D.", Scenario: "s", Step: "check d", Failed: "check e", Verdict: play.Red},
	}
	dir := t.TempDir()
	if err := Write(dir, about.About{Commit: "c0ffee"}, all); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, Page))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<b>1 of 4</b>", "One is &lt;lost&gt;.", ">noticed<", ">not noticed<", ">could not be run<", ">red elsewhere<", "c0ffee", "no emulator"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	var r Report
	if b, err = os.ReadFile(filepath.Join(dir, Whole)); err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil || r.Seen != 1 || len(r.Outcomes) != 4 || r.Outcomes[0].Failed != "check a" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, tc := range []struct {
		some []mutants.Outcome
		want play.Verdict
	}{{nil, play.CouldNot}, {all[:1], play.Green}, {all[:2], play.Red}, {all[1:3], play.Red}, {all[2:], play.Red}, {[]mutants.Outcome{all[0], all[2]}, play.CouldNot}} {
		if got := Verdict(tc.some); got != tc.want {
			t.Errorf("%d mutants: %s, want %s", len(tc.some), got, tc.want)
		}
	}
	if err := Write(filepath.Join(dir, "none"), about.About{}, all); err == nil {
		t.Error("written nowhere")
	}
}
