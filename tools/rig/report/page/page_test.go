package page

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"

	"tellijn/tools/proof/page"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
)

// TestSays has what an auditor looks for: verdicts, why, what was seen, the image, the versions, counts.
func TestSays(t *testing.T) {
	results, files := sample()
	text := html.UnescapeString(write(t, results, files))
	for _, want := range []string{"<b>1</b> green", "<b>1</b> red", "<b>1</b> could not be run", strings.Repeat("ab", 32), "kernel github.com/gokrazy/kernel.rpi v0.0.0; in 3 scenarios",
		"0123456789abcdef0123456789abcdef01234567</code> with files that differ from it", "QEMU emulator version 7.2.22", "1 March 2027, 09:30 UTC, for 21 min 50 s",
		"Loaded   camera: v4l2, 320x240 YUYV", "7 steps, 7 done, 3 checks held", "3 steps, 1 done, 0 checks held", "not reached", "it has had power since 21.4 s", "over 200 ms", "2027-03-01 08:00:00",
		`src="data:image/svg+xml;base64,`, "1,199", "the frame in the driver", "what was noted", "536 MB", "line 1: 6 forward, 0 backward", "warden: line 39 of", "Life of a frame", "Frames a second", "Crossings",
		"What is left of frames", "while the eye counts <now>", "<td class=\"num\">9600 of 9600</td>", "the two buffers of the driver", "19212",
		`while the eye counts <now><span class="name quiet"><a href="#memory">`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, r := range results {
		if n := strings.Count(text, `id="`+r.Scenario.Name+`"`); n != 1 {
			t.Errorf("%s is there %d times", r.Scenario.Name, n)
		}
	}
	if before, after, _ := strings.Cut(text, "<h2>All scenarios</h2>"); strings.Count(before, `class="fallen`) != 2 || strings.Contains(after, `class="fallen`) {
		t.Error("what was not green does not stand first")
	}
	if text := write(t, nil, nil); !strings.Contains(text, "nothing was shown") || strings.Contains(text, "What was not green") {
		t.Error("a run of nothing does not say so")
	}
	var cut strings.Builder
	if err := Write(&cut, &about.About{Missed: 84}, results[:1], files); err != nil || !strings.Contains(cut.String(), `<li class="not"><b>84</b> not reached`) || !strings.Contains(cut.String(), `<li class="none"><b>0</b> red`) {
		t.Errorf("what was not reached is not told: %v", err)
	}
	results[0].Verdict = "greenish"
	if text := write(t, results, files); !strings.Contains(text, "<b>2</b> red") {
		t.Error("a verdict that nobody knows is not red")
	}
}

// TestHostile has a board and files say what would be something else than text; the page loads nothing.
func TestHostile(t *testing.T) {
	results, files := sample()
	results[1].Scenario.Title, results[1].Scenario.Why = hostile, hostile
	got := write(t, results, files)
	if m := regexp.MustCompile(`(?i)<(script|link|iframe|object|form)\b|<img [^>]*src="[^d]|\bon\w+\s*="|@import|url\(|(src|href)=["']?(https?:|//|/|javascript)`).FindString(got); m != "" {
		t.Errorf("the page has %q", m)
	}
	if n := strings.Count(got, "&lt;script&gt;"); n < 12 {
		t.Errorf("the hostile text stands there %d times, want it wherever something else can speak", n)
	}
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestAttached shows what is small and whole, and only names the rest.
func TestAttached(t *testing.T) {
	files := fstest.MapFS{"a/big.svg": {Data: make([]byte, mostDrawing+1)}, "a/odd.csv": {Data: []byte("a,b\n\"c\n")}, "a/bad.txt": {Data: []byte{0xff, 0xfe}}, "a/b.bin": {Data: []byte("b")}}
	r := play.Result{}
	for _, f := range []string{"a/big.svg", "a/odd.csv", "a/bad.txt", "a/b.bin", "../up.txt", "a/none.txt"} {
		r.Files = append(r.Files, play.File{Name: f, Path: f})
	}
	for i, a := range attach(&r, files) {
		if a.Name != r.Files[i].Name || a.Drawing != "" || a.Table != nil || (a.Text != "") != (a.Name == "a/odd.csv") {
			t.Errorf("%s: %.30q, %v, %q", a.Name, a.Drawing, a.Table, a.Text)
		}
	}
}

// TestColours has every pair readable by day and by night, and the template use no colour of its own.
func TestColours(t *testing.T) {
	for _, p := range Pairs() {
		for _, c := range []page.Pair{{Name: p.Name, Ink: p.Ink, Paper: p.Paper}, {Name: p.Name + " by night", Ink: p.DarkInk, Paper: p.DarkPaper}} {
			if got, err := page.Contrast(c); err != nil || got < 4.5 {
				t.Errorf("%s: contrast %.2f, want 4.5: %v", c.Name, got, err)
			}
		}
	}
	text := Pairs()[0]
	for _, s := range Strokes() {
		least := 3.0 // WCAG 2.2, 1.4.11
		if s.Name == "grid" || s.Name == "plan" || s.Name == "check" {
			least = 1.1 // what they say is said by numbers beside them
		}
		for _, c := range []page.Pair{{Name: s.Name, Ink: s.Day, Paper: text.Paper}, {Name: s.Name + " by night", Ink: s.Night, Paper: text.DarkPaper}} {
			if got, err := page.Contrast(c); err != nil || got < least {
				t.Errorf("%s: contrast %.2f, want %.1f: %v", c.Name, got, least, err)
			}
		}
	}
	if m := regexp.MustCompile(`#[0-9a-f]{3,6}\b`).FindAllString(source, -1); len(m) != 1 { // the paper behind drawings of others
		t.Errorf("the template has colours of its own: %q", m)
	}
}

// TestFits opens the page wide and narrow, by day and by night: nothing hangs over the edge, and text has contrast.
func TestFits(t *testing.T) {
	ctx := chromium(t)
	results, files := sample()
	url := serve(t, write(t, results, files))
	for _, width := range []int64{360, 1280} {
		for scheme, paper := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(23, 24, 26)"} {
			var over, texts float64
			var back string
			if err := in(ctx, url, width, scheme); err != nil {
				t.Fatal(err)
			}
			if err := chromedp.Run(ctx, chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => { d.open = true }); document.documentElement.scrollWidth - innerWidth`, &over),
				chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &back), chromedp.Evaluate(`document.querySelectorAll("svg text").length`, &texts)); err != nil {
				t.Fatal(err)
			}
			if over > 0 || back != paper || texts < 40 {
				t.Errorf("%d wide, %s: %v beyond the edge, paper %s, %v words in drawings", width, scheme, over, back, texts)
			}
		}
	}
}
