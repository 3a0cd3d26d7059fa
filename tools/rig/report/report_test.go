package report

import (
	"encoding/xml"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
)

func result(name string, v play.Verdict) play.Result {
	r := play.Result{Scenario: play.Scenario{Name: name, Title: "Title of " + name, Board: "virt"}, Verdict: v, Took: 12.5,
		Steps: []play.Step{{Text: "switch the board on", Ran: true, To: 3, Saw: "it is on"}, {Text: "check something", Check: true, Ran: true, To: 9}, {Text: "check more", Check: true}}}
	if v != play.Green {
		r.Reason = "because of <" + name + ">\x01"
		r.Steps[1].Err = "it is not"
	}
	return r
}

func TestVerdict(t *testing.T) {
	g, r, c := result("g", play.Green), result("r", play.Red), result("c", play.CouldNot)
	for _, tc := range []struct {
		all  []play.Result
		want play.Verdict
	}{{nil, play.CouldNot}, {[]play.Result{g, g}, play.Green}, {[]play.Result{g, c, g}, play.CouldNot}, {[]play.Result{c, r, g}, play.Red}, {[]play.Result{r, c}, play.Red},
		{[]play.Result{g, {}}, play.Red}} {
		if got := Verdict(tc.all, 0); got != tc.want {
			t.Errorf("%d results: %s, want %s", len(tc.all), got, tc.want)
		}
		if got := Verdict(tc.all, 1); got == play.Green || (got == play.Red) != (tc.want == play.Red) {
			t.Errorf("%d results, and one not reached: %s", len(tc.all), got)
		}
	}
}

// TestWrite has three files that say the same, and nothing half.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	odd := result("odd", play.Red)
	odd.Curves = map[string][]play.Point{"x": {{T: 1, Y: math.NaN()}, {T: 2, Y: 7}, {T: math.Inf(1), Y: 1}}}
	all := []play.Result{result("good", play.Green), odd, result("away", play.CouldNot), result("strange", "?")}
	a := about.About{Bench: "virtual", When: time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC), Took: 50, Commit: "c0ffee", Images: []about.Image{{Board: "virt", SHA256: "abab"}}}
	if err := Write(dir, a, all); err != nil {
		t.Fatal(err)
	}
	back, err := Read(filepath.Join(dir, Whole))
	if err != nil || back.Verdict != play.Red || len(back.Results) != 4 || back.Results[0].Steps[0].Saw != "it is on" || back.About.Images[0].SHA256 != "abab" {
		t.Errorf("%+v, %v", back, err)
	}
	if c := back.Results[1].Curves["x"]; len(c) != 1 || c[0].Y != 7 || len(odd.Curves["x"]) != 3 {
		t.Errorf("curve %v", c)
	}
	page, err := os.ReadFile(filepath.Join(dir, Page))
	if err != nil || strings.Count(string(page), `<section class="one"`) != 4 {
		t.Errorf("%v: %.100s", err, page)
	}
	b, err := os.ReadFile(filepath.Join(dir, JUnit))
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Name    string  `xml:"name,attr"`
			Time    float64 `xml:"time,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
			Skipped *struct{} `xml:"skipped"`
			Out     string    `xml:"system-out"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	if s.Tests != 4 || s.Failures != 2 || s.Skipped != 1 || len(s.Cases) != 4 {
		t.Errorf("%+v", s)
	}
	for i, c := range s.Cases {
		if c.Name != all[i].Scenario.Name || c.Time != 12.5 || (c.Failure != nil) != (i == 1 || i == 3) || (c.Skipped != nil) != (i == 2) || !strings.Contains(c.Out, "check more: not reached") {
			t.Errorf("%+v", c)
		}
	}
	if c := s.Cases[1]; !strings.Contains(c.Failure.Message, "because of <odd>") || !strings.Contains(c.Out, "FAILED: it is not") {
		t.Errorf("%+v", c)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".report-*")); len(left) > 0 {
		t.Error(left)
	}
}

func TestNowhere(t *testing.T) {
	if err := Write(filepath.Join(t.TempDir(), "none"), about.About{}, nil); err == nil || !strings.Contains(err.Error(), Page) || !strings.Contains(err.Error(), JUnit) {
		t.Error(err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("read nothing")
	}
}
