package shape

import (
	"fmt"
	"sort"
	"strings"

	"tellijn/tools/rules/source"
)

// Limits of a reader's patience.
const (
	MaxLines     = 250 // of a file
	MaxTestLines = 400 // of a test file
	MaxFiles     = 5   // of a package, without tests
)

// Size gives files that are too long and packages of too many files.
func Size(t *source.Tree) (found []source.Finding) {
	for _, f := range t.Files {
		if f.Go == nil {
			continue
		}
		limit := MaxLines
		if f.Test() {
			limit = MaxTestLines
		}
		if n := strings.Count(f.Text, "\n"); n > limit {
			found = append(found, source.Finding{Rule: "lines", Path: f.Path, Name: "length",
				Text: fmt.Sprintf("%d lines, at most %d; divide it by ideas", n, limit)})
		}
	}
	packages := t.Packages()
	for dir, files := range packages {
		if n := len(files); n > MaxFiles {
			found = append(found, source.Finding{Rule: "files", Path: dir, Name: "files",
				Text: fmt.Sprintf("%d files without tests, at most %d; move an idea to a package of its own", n, MaxFiles)})
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	return found
}
