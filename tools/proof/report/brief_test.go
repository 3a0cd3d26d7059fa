package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/promises"
	"tellijn/tools/proof/risks"
	"tellijn/tools/proof/run"
)

// brief prints the short form.
func brief(t *testing.T, r *Report, written ...string) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteBrief(&b, written...); err != nil {
		t.Fatal(err)
	}
	neat(t, b.String())
	return b.String()
}

// lines are those of a text that begin so, once blanks are left out.
func lines(text, begin string) (found []string) {
	for l := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), begin) {
			found = append(found, l)
		}
	}
	return found
}

func TestBrief(t *testing.T) {
	long := result("long", claim.Short, 4, 5)
	var cases []string
	for i := range 60 {
		cases = append(cases, fmt.Sprintf("case %d of many words", i))
	}
	long.Figure, long.Why = strings.Join(cases, "; "), "none of these: "+strings.Join(cases, "; ")
	held := []claim.Result{long}
	for i := range 6 {
		held = append(held, result(fmt.Sprint("h", i), claim.Held, 4, whole, partly))
	}
	r := build(About{When: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Machine: "arm64"}, outcome(held...),
		run.Outcome{Check: "broken", Err: errors.New("no compiler\n\n" + strings.Repeat("and why. ", 60))})
	text := brief(t, &r, "a.html", "b.json")
	parts := strings.Split(text, "\n---")
	if len(parts) != 6 {
		t.Fatalf("%d parts, want a summary, what fell short, the table, what is not shown, what remains, and more:\n%s", len(parts), text)
	}
	for i, wants := range [][]string{
		{"2026-03-01 12:00 UTC", "88 promises: 0 held, 2 shown in part, 2 fell short, 84 not shown here.", "Could not run: broken: no compiler", "What fell short"},
		{"long [c], promises 4, 5", "Measured: case 0", "Wanted:   none of these: case 0", "more; -full shows all)"},
		{"  4  Nobody sees", "FELL SHORT", "and 4 more held", "Still open:", "- h0: 0 of 7 [c]"},
		{"Comes with the dossier, the part that writes the documents:\n  12  The Council can"},
		{risks.All()[0].Name + ": " + risks.All()[0].Brief},
		{"a.html has all", "b.json has all", "-full prints", "go run ./tools/proof -full -only c"},
	} {
		for _, want := range wants {
			if !strings.Contains(parts[i], want) {
				t.Errorf("part %d lacks %q:\n%s", i, want, parts[i])
			}
		}
	}
	// One figure of 60 cases takes three lines at most, here and under its promises.
	if n := strings.Count(text, "of many words"); n > 30 {
		t.Errorf("%d of 120 cases are printed", n)
	}
	if n := strings.Count(text, "and why."); n < 5 || n > 25 {
		t.Errorf("%d of 60 reasons of a check that could not run are printed", n)
	}
	// Every promise stands there once, and every risk in one line.
	flat := strings.Join(strings.Fields(text), " ")
	for _, row := range r.Rows {
		first := wrap(row.Promise, 60)[0]
		if n := strings.Count(flat, fmt.Sprintf("%d %s", row.Number, first)); n != 1 {
			t.Errorf("promise %d stands there %d times", row.Number, n)
		}
	}
	for _, k := range r.Risks {
		if n := len(lines(text, "")) - len(lines(strings.ReplaceAll(text, k.Name+": "+k.Brief, ""), "")); n != 0 || strings.Count(text, k.Name+": "+k.Brief) != 1 {
			t.Errorf("risk %q does not stand in one line", k.Name)
		}
	}
}

// Who asks for some checks is not shown what they do not speak to.
func TestBriefOnly(t *testing.T) {
	r := build(About{Only: []string{"c"}}, outcome(result("h", claim.Held, whole), result("n", claim.NotShown, 31)))
	text := brief(t, &r)
	if !strings.Contains(text, "\n 53  ") || !strings.Contains(text, "\n 31  ") || strings.Contains(text, "\n 54  ") || strings.Contains(text, "USB") ||
		!strings.Contains(text, "86 promises to which") || !strings.Contains(text, "This kernel has no n") || strings.Contains(text, "What fell short") {
		t.Errorf("the text is\n%s", text)
	}
}

// The few lines are what fell short, then one of each part, attacks first and controls last.
func TestTelling(t *testing.T) {
	lines := func(names ...string) (all []Line) {
		for _, n := range names {
			name, check, _ := strings.Cut(n, "@")
			l := Line{Name: name, Check: check, Figure: "1", Verdict: string(Held)}
			switch name[0] {
			case 'S':
				l.Verdict = string(Short)
			case 'N':
				l.Verdict = string(NotShown)
			}
			all = append(all, l)
		}
		return all
	}
	for _, c := range []struct {
		lines []Line
		want  string
		more  string
	}{
		{nil, "", ""},
		{lines("a@static: calls"), "a", ""},
		{lines("a@static: calls", "b@static: words", "c@attacks", "d@attacks", "e@forensics: disk"), "c e a", "2 more held"},
		{lines("a@static: calls", "b@static: words"), "a b", ""},
		{lines("Control, a frame@attacks", "b@static", "c@static", "d@static"), "b c d", "1 more held"},
		{lines("Control, a frame@attacks", "b@other"), "b Control, a frame", ""},
		{lines("a@attacks", "S1@static", "N1@machine", "S2@other"), "S1 S2 a", ""},
		{lines("S1@static", "S2@static", "S3@static", "S4@static", "a@attacks"), "S1 S2 S3", "1 more fell short, 1 more held"},
	} {
		row := Row{Lines: c.lines}
		first, more := row.Telling()
		var names []string
		for _, l := range first {
			names = append(names, l.Name)
		}
		if got := strings.Join(names, " "); got != c.want || more != c.more {
			t.Errorf("%q, %q, want %q, %q", got, more, c.want, c.more)
		}
	}
}

func TestFellOnce(t *testing.T) {
	r := build(About{}, outcome(result("s", claim.Short, 4, 9), result("h", claim.Held, 4), result("s2", claim.Short, 9)))
	all := r.Fell()
	if len(all) != 2 || all[0].Name != "s" || !slices.Equal(all[0].Promises, []int{4, 9}) || !slices.Equal(all[1].Promises, []int{9}) {
		t.Errorf("what fell short: %v", all)
	}
}

// Every promise without a measurement stands in one group, the largest first.
func TestAbsent(t *testing.T) {
	r := build(About{}, outcome(result("h", claim.Held, whole)))
	n, was := 0, len(r.Rows)
	for _, a := range r.Absent() {
		if len(a.Rows) == 0 || len(a.Rows) > was || a.Why == "" {
			t.Errorf("group %q of %d after one of %d", a.Why, len(a.Rows), was)
		}
		n, was = n+len(a.Rows), len(a.Rows)
	}
	if n != promises.Count-1 {
		t.Errorf("%d promises in groups, want %d", n, promises.Count-1)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		n     int
		where string
		want  string
	}{
		{"short", 5, "", "short"},
		{"one red; two blue; three green", 24, "", "one red ... (2 more)"},
		{"one red; two blue; three green", 29, "", "one red ... (2 more)"},
		{"one red; two blue; three green and white", 38, "x", "one red; two blue ... (1 more; x)"},
		{"one two three four", 12, "", "one two ..."},
		{"one, two three four", 10, "", "one ..."},
		{"a, b, c, d, e, f, g, h, i", 22, "", "a, b, c ... (6 more)"},
		{"a; one two three four five six seven eight nine ten", 48, "", "a; one two three four five six seven eight ..."}, // not "a" alone
		{"onetwothreefour", 10, "", "onetwo ..."},
	} {
		if got := Cut(c.text, c.n, c.where); got != c.want || len(got) > c.n {
			t.Errorf("%q to %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}
