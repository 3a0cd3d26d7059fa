// Package sourcetest shows rules texts that break them, so that no rule is kept that cannot fire.
// It never reads the repository. Tests of the rules use it; it stands outside the data path.
package sourcetest

import (
	"slices"
	"testing"

	"tellijn/tools/rules/source"
)

// For gives a function that shows a small repository, texts by path, to the rule and compares what
// it finds with what it must find: "rule path name", in any order.
func For(t *testing.T, rule func(*source.Tree) []source.Finding) func(name string, files map[string]string, want ...string) {
	return func(name string, files map[string]string, want ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			tree, err := source.Parse(files)
			if err != nil {
				t.Fatal(err)
			}
			Compare(t, rule(tree), want...)
		})
	}
}

// Compare fails the test unless the findings are those wanted.
func Compare(t *testing.T, found []source.Finding, want ...string) {
	t.Helper()
	var got []string
	for _, f := range found {
		got = append(got, f.Rule+" "+f.Path+" "+f.Name)
		if f.Text == "" {
			t.Errorf("%v says nothing", f)
		}
	}
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("found %q\nwant  %q", got, want)
	}
}
