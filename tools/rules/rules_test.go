package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/rules/source"
)

// TestTree holds this repository to its rules.
func TestTree(t *testing.T) {
	found, err := findings()
	if err != nil {
		t.Fatal(err)
	}
	open, idle := sift(found, exceptions())
	for _, f := range open {
		t.Error(f)
	}
	for _, e := range idle {
		t.Errorf("exceptions.go: [%s] %s in %s is no longer needed; remove it", e.rule, e.name, e.path)
	}
	for _, e := range exceptions() {
		if e.mend {
			t.Logf("to be mended: [%s] %s in %s: %s", e.rule, e.name, e.path, e.why)
		}
	}
}

func TestSift(t *testing.T) {
	found := []source.Finding{{Rule: "a", Path: "p", Name: "n"}, {Rule: "a", Path: "p", Name: "n", Line: 3}, {Rule: "a", Path: "q", Name: "n"}}
	open, idle := sift(found, []exception{{rule: "a", path: "p", name: "n"}, {rule: "b", path: "q", name: "n"}})
	if len(open) != 1 || open[0].Path != "q" {
		t.Errorf("open %v, want the finding in q", open)
	}
	if len(idle) != 1 || idle[0].rule != "b" {
		t.Errorf("idle %v, want the one for rule b", idle)
	}
}

// TestReadme holds the record that README.md shows to the one that privacy/record is tested with.
func TestReadme(t *testing.T) {
	root, err := source.Root()
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	record, err := os.ReadFile(filepath.Join(root, "privacy", "record", "testdata", "busy-hour.diag"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```\n"+strings.TrimSpace(string(record))+"\n```\n") {
		t.Error("README.md shows another record than privacy/record/testdata/busy-hour.diag; copy it anew")
	}
}

func TestReasons(t *testing.T) {
	for _, e := range exceptions() {
		if len(e.why) < 20 {
			t.Errorf("exception for [%s] %s in %s has no reason: %q", e.rule, e.name, e.path, e.why)
		}
	}
}
