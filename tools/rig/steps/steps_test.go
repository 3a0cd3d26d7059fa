package steps

import (
	"strings"
	"testing"

	"tellijn/tools/rig/protocol"
)

// TestAll: every sentence has a meaning, only one, and its line in the list says something more.
func TestAll(t *testing.T) {
	all := All()
	book, err := protocol.NewBook(all)
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("{text}", `"a"`, "{word}", "a", "{number}", "1", "{duration}", "1 s")
	for _, s := range all {
		line := fill.Replace(s.Pattern)
		if found, _, err := book.Find(line); err != nil || found.Pattern != s.Pattern {
			t.Errorf("%q is %q, %v", line, found.Pattern, err)
		}
		if s.Check != strings.HasPrefix(s.Pattern, "check ") {
			t.Errorf("%q: a check says so in its first word, and nothing else does", s.Pattern)
		}
		if strings.Contains(s.Doc, "\n") || strings.HasSuffix(s.Doc, ".") {
			t.Errorf("%q: its text %q, want one line without a full stop", s.Pattern, s.Doc)
		}
	}
	t.Logf("%d sentences", len(all))
}
