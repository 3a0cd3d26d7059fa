package report

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/promises"
	"tellijn/tools/proof/risks"
	"tellijn/tools/proof/run"
)

func result(name string, v claim.Verdict, numbers ...int) claim.Result {
	r := claim.Result{Promises: numbers, Name: name, Measured: "windows found of " + name, Figure: "0 of 7", Verdict: v, Command: "go test ./" + name}
	switch v {
	case claim.NotShown:
		r.Figure, r.Why = "", "this kernel has no "+name
	case claim.Short:
		r.Figure, r.Why = "9 of 7", "0 was wanted of "+name
	}
	return r
}

func build(about About, outcomes ...run.Outcome) Report {
	return Build(promises.All(), outcomes, risks.All(), about)
}

func outcome(results ...claim.Result) run.Outcome { return run.Outcome{Check: "c", Results: results} }

// whole is the number of a promise that today's checks can show whole, partly one that they cannot.
const whole, partly = 53, 30

func TestVerdicts(t *testing.T) {
	h, s, n := result("h", claim.Held, whole, partly), result("s", claim.Short, whole, partly), result("n", claim.NotShown, whole, partly)
	h2 := result("h2", claim.Held, whole, partly)
	broken := run.Outcome{Check: "b", Err: errors.New("no compiler")}
	for _, c := range []struct {
		name          string
		about         About
		outcomes      []run.Outcome
		whole, partly Verdict
		code          int
	}{
		{"nothing", About{}, nil, NotShown, NotShown, 0},
		{"held", About{}, []run.Outcome{outcome(h, h2)}, Held, Part, 0},
		{"one short", About{}, []run.Outcome{outcome(h, s)}, Short, Short, 1},
		{"one not shown", About{}, []run.Outcome{outcome(h, n)}, Part, Part, 0},
		{"not shown and short", About{}, []run.Outcome{outcome(n, s)}, Short, Short, 1},
		{"none shown", About{}, []run.Outcome{outcome(n)}, NotShown, NotShown, 0},
		{"some checks only", About{Only: []string{"c"}}, []run.Outcome{outcome(h)}, Part, Part, 0},
		{"a check could not run", About{}, []run.Outcome{outcome(h), broken}, Part, Part, 2},
		{"and one was short", About{}, []run.Outcome{outcome(s), broken}, Short, Short, 2},
	} {
		r := build(c.about, c.outcomes...)
		if r.Rows[whole-1].Verdict != c.whole || r.Rows[partly-1].Verdict != c.partly || r.Code() != c.code {
			t.Errorf("%s: %q and %q, code %d; want %q and %q, code %d", c.name,
				r.Rows[whole-1].Verdict, r.Rows[partly-1].Verdict, r.Code(), c.whole, c.partly, c.code)
		}
		for i := range r.Rows {
			if err := r.Rows[i].agrees(); err != nil {
				t.Errorf("%s: promise %d: %v", c.name, i+1, err)
			}
		}
	}
}

// Results that name one promise twice stand there once; results of a failed check stand nowhere.
func TestLines(t *testing.T) {
	r := build(About{}, outcome(result("h", claim.Held, whole, whole)),
		run.Outcome{Check: "b", Results: []claim.Result{result("x", claim.Held, whole)}, Err: errors.New("it gave two of one name")})
	if l := r.Rows[whole-1].Lines; len(l) != 1 || l[0].Name != "h" || l[0].Command != "go test ./h" {
		t.Errorf("lines %v", l)
	}
}

// What fell short stands first, and a figure has a head.
func TestOrder(t *testing.T) {
	r := build(About{}, outcome(result("n", claim.NotShown, whole), result("h", claim.Held, whole), result("s", claim.Short, whole), result("h2", claim.Held, whole)))
	var names []string
	for _, l := range r.Rows[whole-1].Lines {
		names = append(names, l.Name)
	}
	if got := strings.Join(names, " "); got != "s h h2 n" {
		t.Errorf("lines %s", got)
	}
	l := Line{Figure: "3 of 4; of them 1 red; 2 blue"}
	if l.Head() != "3 of 4" || l.Tail() != "of them 1 red; 2 blue" || (Line{Figure: "7"}).Head() != "7" || (Line{Figure: "7"}).Tail() != "" {
		t.Errorf("%q and %q", l.Head(), l.Tail())
	}
}

func example() Report {
	return build(About{When: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Commit: "0123abcd", Go: "go1.26", Kernel: "Linux 6.12", Machine: "arm64"},
		outcome(result("h", claim.Held, whole, partly), result("s", claim.Short, 4), result("n", claim.NotShown, 31)))
}

func TestJSON(t *testing.T) {
	was := example()
	var b bytes.Buffer
	if err := was.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	got, err := ReadJSON(&b)
	if err != nil || !reflect.DeepEqual(got, was) {
		t.Fatalf("came back different: %v", err)
	}
	// Each change makes a report that contradicts itself.
	for name, change := range map[string][2]string{
		"format":        {`"format": 1`, `"format": 2`},
		"another field": {`"format": 1`, `"format": 1, "more": 1`},
		"a number":      {`"number": 7,`, `"number": 8,`},
		"a count":       {`"held": 1`, `"held": 2`},
		"a risk":        {`"remains": "A frame`, `"remains": "", "x": "A frame`},
		"a risk, short": {`"brief": "a frame`, `"brief": "", "x": "a frame`},
		"called held":   {`"verdict": "shown in part"`, `"verdict": "held"`},
		"not called so": {`"verdict": "fell short",` + "\n      \"lacks\"", `"verdict": "not shown here",` + "\n      \"lacks\""},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("%s: the example has no %s", name, change[0])
		}
		if _, err := ReadJSON(strings.NewReader(strings.Replace(text, change[0], change[1], 1))); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// neat fails where a line is too wide for a terminal, or has what only some of them show.
func neat(t *testing.T, text string) {
	t.Helper()
	for i, l := range strings.Split(text, "\n") {
		if n := utf8.RuneCountInString(l); n > Width {
			t.Errorf("line %d is %d wide: %s", i+1, n, l)
		}
		if strings.TrimRight(l, " ") != l || strings.ContainsAny(l, "\x1b\t") {
			t.Errorf("line %d ends in blanks or has marks of a terminal: %q", i+1, l)
		}
	}
}

func TestText(t *testing.T) {
	r := example()
	r.Failed = []Failure{{"confine", "no compiler " + strings.Repeat("x", 3*Width)}}
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	neat(t, text)
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{"FELL SHORT", "shown in part", "88 promises: 1 held, 1 shown in part, 1 fell short, 85 not shown here. 1 check could not run.",
		"Could not run: confine: no compiler", "go test ./h", "Buffers of the USB stack", "commit 0123abcd", "2026-03-01 12:00 UTC",
		"h: windows found of h:", "(h): 0"} {
		if !strings.Contains(flat, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if strings.Index(text, "Buffers of the USB") < strings.Index(text, "88 promises:") {
		t.Error("the risks stand before the summary")
	}
}

// Who asks for some checks gets what they say, and is told what is left out.
func TestOnly(t *testing.T) {
	r := build(About{Only: []string{"c"}}, outcome(result("h", claim.Held, whole)))
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if !strings.Contains(text, "\n 53 ") || strings.Contains(text, "\n 54 ") || strings.Contains(text, "USB") || !strings.Contains(text, "87 promises to which") {
		t.Errorf("the text is\n%s", text)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"one two three", "one two|three"},
		{"incomprehensibly", "incompre|hensibly"},
		{"- one two three", "- one|  two|  three"},
		{"a incomprehensible b", "a|incompre|hensible|b"},
	} {
		if got := strings.Join(wrap(c.text, 8), "|"); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
