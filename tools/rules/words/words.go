// Package words checks the texts of this repository: that a camera is called a camera, and that
// nothing in it speaks of the machine or the circumstances under which it was written. It reads
// lines and never judges style. It stands outside the data path.
package words

import (
	"regexp"
	"strings"

	"tellijn/tools/rules/source"
)

// away are patterns of what does not belong into a public repository. They are put together so that
// this file does not contain what it looks for.
func away() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(^|[^a-z0-9.$}*_-])/(wo` + `rk|ro` + `ot|ho` + `me)/[a-z]` +
		`|/tmp/bri` + `ef|bash` + `_jobs|\bassi` + `stant\b|language mo` + `del|\b(this|the) sess` + `ion\b` +
		`|https?://(pro` + `xy|regis` + `try|de` + `b)\.|\bCE` + `O\b`)
}

// Away gives every line with a word that belongs elsewhere. Sums of modules are data.
func Away(t *source.Tree) (found []source.Finding) {
	pattern := away()
	for _, f := range t.Files {
		if f.Path == "go.sum" || f.Path == "LICENSE" {
			continue
		}
		for i, line := range strings.Split(f.Text, "\n") {
			if w := pattern.FindString(line); w != "" {
				found = append(found, source.Finding{Rule: "away", Path: f.Path, Line: i + 1, Name: strings.TrimSpace(w),
					Text: "it speaks of a machine or of circumstances, not of this repository"})
			}
		}
	}
	return found
}
