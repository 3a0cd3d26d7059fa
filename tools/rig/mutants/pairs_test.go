package mutants_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"tellijn/tools/rig/mutants"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/scenarios"
	"tellijn/tools/rig/steps"
	"tellijn/tools/rig/virtual"
)

// known are all scenarios by name.
func known(t *testing.T) []*protocol.Scenario {
	t.Helper()
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestNamed has each mutant name a step that its scenario has.
func TestNamed(t *testing.T) {
	all := known(t)
	for _, m := range mutants.All() {
		if m.Scenario == "" {
			continue
		}
		i := slices.IndexFunc(all, func(s *protocol.Scenario) bool { return s.Name == m.Scenario })
		if i < 0 {
			t.Errorf("%s: no scenario %q", m.Name, m.Scenario)
			continue
		}
		if !slices.ContainsFunc(all[i].Steps, func(l protocol.Line) bool { return l.Text == m.Step }) {
			t.Errorf("%s: %s has no step %q", m.Name, m.Scenario, m.Step)
		}
	}
}

func TestJudge(t *testing.T) {
	m := mutants.Mutant{Name: "m", Scenario: "s", Step: "check b", Saw: "twice", Said: "by two"}
	step := func(text, saw, err string) play.Step { return play.Step{Text: text, Saw: saw, Err: err, Ran: true} }
	for what, tc := range map[string]struct {
		verdict play.Verdict
		steps   []play.Step
		seen    bool
		says    string
	}{
		"seen":          {play.Red, []play.Step{step("a", "", ""), step("check b", "twice as many", "no")}, true, "seen "},
		"in the error":  {play.Red, []play.Step{step("check b", "", "seen twice")}, true, "seen "},
		"another step":  {play.Red, []play.Step{step("a", "twice", "no"), step("check b", "twice", "no")}, false, "NOT SEEN"},
		"other reason":  {play.Red, []play.Step{step("check b", "once", "no")}, false, "NOT SEEN"},
		"could not run": {play.CouldNot, []play.Step{step("check b", "twice", "no")}, false, "NOT SEEN"},
		"green":         {play.Green, []play.Step{step("check b", "twice", "")}, false, "stayed green"},
	} {
		r := play.Result{Verdict: tc.verdict, Steps: tc.steps, Console: []play.Said{{Line: "warden: by two"}}}
		got := mutants.Judge(&m, &r)
		r.Console = r.Console[:0]
		if mutants.Judge(&m, &r).Seen {
			t.Errorf("%s: seen although the board did not say it", what)
		}
		if got.Seen != tc.seen || !strings.Contains(got.String(), tc.says) {
			t.Errorf("%s: %+v: %s", what, got, got)
		}
	}
}

// TestPairs makes the mutants that TELLIJN_MUTANTS names, and runs their scenarios.
func TestPairs(t *testing.T) {
	names := os.Getenv("TELLIJN_MUTANTS")
	if names == "" {
		t.Skip("TELLIJN_MUTANTS names no mutants; go run ./tools/rig -bench virtual mutants runs all")
	}
	o := mutants.Options{Root: "../../..", Out: os.Getenv("TELLIJN_OUT"), Scenarios: known(t), Steps: steps.All(), Say: func(s string) { t.Log(s) }}
	if o.Out == "" {
		o.Out = t.TempDir()
	}
	if names != "all" {
		o.Only = strings.Split(names, ",")
	}
	b := virtual.New(virtual.Options{Tree: o.Root})
	defer b.Close()
	all, err := mutants.Run(t.Context(), b, o)
	if err != nil {
		t.Error(err)
	}
	for _, m := range all {
		if !m.Seen {
			t.Error(m)
		}
	}
}
