package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/report"
)

// fake is a check with one result.
func fake(name, figure string, v claim.Verdict, err error) claim.Check {
	return claim.Check{Name: name, Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
		return []claim.Result{{Promises: []int{53}, Name: name + ": one", Measured: "parts that record", Figure: figure, Verdict: v, Why: "none"}}, err
	}}
}

func TestCodes(t *testing.T) {
	dir := t.TempDir()
	good := fake("good", "0 of 9", claim.Held, nil)
	short := fake("short", "3 of 9", claim.Short, nil)
	absent := fake("absent", "", claim.NotShown, nil)
	for _, c := range []struct {
		name   string
		checks []claim.Check
		args   []string
		code   int
		out    string // in the table
		said   string // in the progress
	}{
		{"held", []claim.Check{good, absent}, nil, 0, "0 of 9", "good: 1 held"},
		{"fell short", []claim.Check{good, short}, nil, 1, "FELL SHORT", "short: 1 fell short"},
		{"error", []claim.Check{good, fake("bad", "", claim.Held, errors.New("no compiler"))}, nil, 2, "Could not run: bad: no compiler", ".ci/packages"},
		{"error beside short", []claim.Check{short, fake("bad", "", claim.Held, errors.New("no compiler"))}, nil, 2, "FELL SHORT", ""},
		{"held without a figure", []claim.Check{fake("bad", "", claim.Held, nil)}, nil, 2, "verdict without a figure", ""},
		{"no results", []claim.Check{{Name: "bad", Run: func(context.Context, *bench.Bench) ([]claim.Result, error) {
			return nil, nil
		}}}, nil, 2, "gave no results", ""},
		{"only one", []claim.Check{good, short}, []string{"-only", "good"}, 0, "Not every check was run.", ""},
		{"only two", []claim.Check{good, short, absent}, []string{"-only", "good, short"}, 1, "", "(2 of 2)"},
		{"the first part of a name", []claim.Check{fake("good: a", "1", claim.Held, nil), short}, []string{"-only", "good"}, 0, "", "(1 of 1)"},
		{"a part of a word", []claim.Check{good, short}, []string{"-only", "goo"}, 2, "", `no check "goo"; there are: good, short`},
		{"no name", []claim.Check{good}, []string{"-only", ","}, 2, "", "no check"},
		{"in short", []claim.Check{good}, nil, 0, "-full prints all results", ""},
		{"in full", []claim.Check{good}, []string{"-full"}, 0, "To repeat one part: go run ./tools/proof -only good", ""},
		{"list", []claim.Check{good, short}, []string{"-list"}, 0, "good\nshort\n", ""},
		{"no such flag", []claim.Check{good}, []string{"-picture"}, 2, "", "-picture"},
		{"no flag at all", []claim.Check{good}, []string{"good"}, 2, "", "-only good"},
		{"help", []claim.Check{short}, []string{"-h"}, 0, "", "-json"},
		{"no such folder", []claim.Check{good}, []string{"-html", filepath.Join(dir, "none", "a.html")}, 2, "good: one: 0 of 9 [good]", "does the folder exist?"},
	} {
		var out, said strings.Builder
		code := proof(t.Context(), c.checks, c.args, &out, &said)
		flat := strings.Join(strings.Fields(out.String()), " ")
		if c.name == "list" {
			flat = out.String()
		}
		if code != c.code || !strings.Contains(flat, c.out) || !strings.Contains(said.String(), c.said) {
			t.Errorf("%s: code %d, want %d\n%s\nsaid: %s", c.name, code, c.code, c.out, said.String())
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	j, h := filepath.Join(dir, "a.json"), filepath.Join(dir, "a.html")
	var out, said strings.Builder
	if code := proof(t.Context(), []claim.Check{fake("good", "0 of 9", claim.Held, nil)}, []string{"-json", j, "-html", h}, &out, &said); code != 0 {
		t.Fatalf("code %d: %s", code, said.String())
	}
	for _, name := range []string{j, h} {
		if !strings.Contains(out.String(), name+" has all of this run.") {
			t.Errorf("the table does not say that %s was written:\n%s", name, out.String())
		}
	}
	f, err := os.Open(j)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := report.ReadJSON(f)
	if err != nil || r.Rows[52].Verdict != report.Held || r.Rows[52].Lines[0].Figure != "0 of 9" || r.Rows[52].Lines[0].Check != "good" || r.About.Machine == "" ||
		r.About.Kernel == "" || r.About.Go == "" || r.About.When.IsZero() {
		t.Errorf("%v: %+v", err, r.About)
	}
	page, err := os.ReadFile(h)
	if err != nil || !strings.Contains(string(page), "0 of 9") {
		t.Errorf("the page: %v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v", left)
	}
}

// A commit is named only for a source that is that commit.
func TestCommit(t *testing.T) {
	answers := func(head, branch, changes string) func(string, ...string) string {
		return func(_ string, args ...string) string {
			switch {
			case args[0] == "rev-parse":
				return head
			case strings.Contains(strings.Join(args, " "), "--branch"):
				return branch
			}
			return changes
		}
	}
	for _, c := range []struct{ head, branch, changes, want string }{
		{"ab12", "## main", "", "ab12"},
		{"ab12", "## main", " M a.go", ""},
		{"ab12", "## main", "?? a.go", ""},
		{"", "", "", ""},
		{"ab12", "", "", ""}, // git fails to look
	} {
		if got := commit(answers(c.head, c.branch, c.changes)); got != c.want {
			t.Errorf("%q %q %q: %q, want %q", c.head, c.branch, c.changes, got, c.want)
		}
	}
}

// Names of checks are unique, so that -only and the commands in the table mean one.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range checks() {
		if seen[c.Name] || c.Name == "" || strings.ContainsAny(c.Name, ",") {
			t.Errorf("check %q: empty, twice, or with a comma", c.Name)
		}
		seen[c.Name] = true
	}
}

// The words that the documents give to -only choose checks, and a part of a name chooses nothing.
func TestChosen(t *testing.T) {
	for words, least := range map[string]int{"attacks": 1, "forensics": 3, "machine": 1, "configurations": 7, "attributes": 4,
		"confinement": 2, "static": 5, "data": 1, "configurations: flags,data": 2, "attributes-pairs": 1} {
		if some, asked, err := chosen(checks(), words); err != nil || len(some) < least || len(asked) == 0 {
			t.Errorf("%s: %d checks, want %d or more: %v", words, len(some), least, err)
		}
	}
	for _, words := range []string{"attack", "config", "", "attacks,none"} {
		if some, _, err := chosen(checks(), words); err == nil {
			t.Errorf("%q chooses %d checks", words, len(some))
		}
	}
}
