// Package keys finds a key of a TOML text again: the line it stands in, and the key that somebody meant
// who wrote one that does not exist. It knows no table of ours and reads no values. It is for the errors
// of boards/plan.
package keys

import (
	"fmt"
	"strings"
)

// Line finds the line, from 1, that a key such as "scene.line[1].to" stands in. If the key is not
// there, it is the line of its table; failing that, 1. A key without numbers, as a parser names
// one that it does not know, matches in any element.
func Line(text, key string) int {
	best, bestLen := 1, 0
	table, seen := "", map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		here := ""
		switch {
		case strings.HasPrefix(line, "[["):
			name, _, ok := strings.Cut(strings.TrimPrefix(line, "[["), "]]")
			if !ok {
				continue
			}
			name = clean(name)
			table = fmt.Sprintf("%s[%d]", name, seen[name])
			seen[name]++
			here = table
		case strings.HasPrefix(line, "["):
			name, _, ok := strings.Cut(strings.TrimPrefix(line, "["), "]")
			if !ok {
				continue
			}
			table = clean(name)
			here = table
		default:
			name, _, ok := strings.Cut(line, "=")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			here = clean(name)
			if table != "" {
				here = table + "." + here
			}
		}
		for _, h := range []string{here, bare(here)} {
			if n := len(h); n > bestLen && (h == key || strings.HasPrefix(key, h+".")) {
				best, bestLen = i+1, n
			}
		}
	}
	return best
}

// clean takes blanks and quotes out of a dotted key.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\"'", r) {
			return -1
		}
		return r
	}, s)
}

// bare takes the numbers out.
func bare(s string) string {
	for {
		a, rest, ok := strings.Cut(s, "[")
		if !ok {
			return s
		}
		_, b, _ := strings.Cut(rest, "]")
		s = a + b
	}
}
