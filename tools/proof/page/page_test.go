package page

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/promises"
	"tellijn/tools/proof/report"
	"tellijn/tools/proof/risks"
	"tellijn/tools/proof/run"
)

const hostile = `</td><script>alert("x")</script><img src=x onerror=y> & 'more' {{.}}`

func write(t *testing.T, outcomes ...run.Outcome) (string, report.Report) {
	t.Helper()
	about := report.About{When: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Commit: "0123abcd", Go: "go1.26", Kernel: hostile,
		Machine: "arm64", Seconds: 7, Command: "go run ./tools/proof"}
	r := report.Build(promises.All(), outcomes, risks.All(), about)
	var b strings.Builder
	if err := Write(&b, &r); err != nil {
		t.Fatal(err)
	}
	return b.String(), r
}

func results() run.Outcome {
	return run.Outcome{Check: "c", Results: []claim.Result{
		{Promises: []int{28, 53}, Name: "a", Measured: "packages of the eye that know a network", Figure: "0 of 61", Verdict: claim.Held, Command: "go test ./a"},
		{Promises: []int{28}, Name: hostile, Measured: hostile, Figure: hostile, Verdict: claim.Short, Why: hostile, Command: hostile},
		{Promises: []int{5}, Name: "n", Measured: "time on a device", Verdict: claim.NotShown, Why: "it needs a board", Command: "go test ./n"},
	}}
}

func TestEachPromiseOnce(t *testing.T) {
	page, r := write(t, results())
	text := html.UnescapeString(page)
	for _, row := range r.Rows {
		if n := strings.Count(text, ">"+row.Promise+"<"); n != 1 {
			t.Errorf("promise %d stands there %d times", row.Number, n)
		}
	}
	for _, k := range risks.All() {
		if n := strings.Count(text, "<summary><b>"+k.Name+"</b>: "+k.Brief+"</summary>"); n != 1 {
			t.Errorf("risk %q stands there %d times", k.Name, n)
		}
	}
	for _, want := range []string{"1 March 2026, 12:00 UTC", "commit 0123abcd", "go1.26", "arm64", "0 of 61", "go test ./a", "it needs a board",
		"<b>1</b> held", "<b>1</b> fell short"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// What a check says is text, whatever it says, and the page loads nothing.
func TestHostile(t *testing.T) {
	page, _ := write(t, results(), run.Outcome{Check: hostile, Err: errors.New(hostile)})
	if m := regexp.MustCompile(`(?i)<(script|img|link|iframe|object)\b|\bon\w+\s*="|@import|url\(|https?://|src=["h/]`).FindString(page); m != "" {
		t.Errorf("the page has %q", m)
	}
	if n := strings.Count(page, "&lt;script&gt;"); n < 6 {
		t.Errorf("the hostile text stands there %d times, want it wherever a check can say something", n)
	}
	for _, tag := range []string{"td", "tr", "ul", "li", "span", "code", "table", "dl", "section"} {
		open, end := len(regexp.MustCompile("<"+tag+`[ >]`).FindAllString(page, -1)), strings.Count(page, "</"+tag+">")
		if open != end || open == 0 {
			t.Errorf("%d <%s> and %d ends of it", open, tag, end)
		}
	}
}

// The page can be read as XML, so each element ends where it should.
func TestWellFormed(t *testing.T) {
	page, _ := write(t, results())
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = map[string]string{"nbsp": " "}
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// Every verdict is said in words, and every pair of colours can be read.
func TestContrast(t *testing.T) {
	for _, p := range Pairs() {
		if c, err := Contrast(p); err != nil || c < 4.5 {
			t.Errorf("%s: contrast %.2f, want 4.5: %v", p.Name, c, err)
		}
	}
	for _, c := range []struct {
		ink, paper string
		want       float64
	}{{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}} {
		if got, err := Contrast(Pair{"", c.ink, c.paper}); err != nil || math.Abs(got-c.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f: %v", c.ink, c.paper, got, c.want, err)
		}
	}
	if _, err := Contrast(Pair{"", "red", "#ffffff"}); err == nil {
		t.Error("a colour without numbers was taken")
	}
	// No ink in the template but by the pairs.
	if m := regexp.MustCompile(`[{;\s]color:\s*#`).FindString(source); m != "" {
		t.Errorf("the template sets a colour of its own: %q", m)
	}
	for _, p := range Pairs() {
		if page, _ := write(t); !strings.Contains(page, "."+p.Name+"{color:"+p.Ink+";background:"+p.Paper+"}") {
			t.Errorf("the page has no %s", p.Name)
		}
	}
}
