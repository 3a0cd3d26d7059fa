// Package lists holds what was decided to be allowed: system calls, requests, opening functions,
// what is used of the camera library, capabilities, fields of messages. Each line has a reason.
// It compares a list with what was found, both ways: what is found and not listed falls short, and
// so does a line that is no longer needed. It never finds anything itself, and never invents a
// reason. It stands outside the data path, for tools/proof/static.
package lists

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed *.txt
var files embed.FS

// between separates the columns of a line.
const between = " | "

// open is the reason of a line that nobody has given one yet.
const open = "?"

// Found is what was found, and in which builds of the eye: "real", "sim" or "both".
type Found map[string]string

// Add notes that key was found in a build, "real" or "sim".
func (f Found) Add(key, build string) {
	if old, ok := f[key]; ok && old != build {
		build = "both"
	}
	f[key] = build
}

// Line is one line of a list.
type Line struct{ Build, Key, Why string }

// Parse reads a list: build, one or more columns that are the key, and the reason.
func Parse(text string) (lines []Line, err error) {
	for i, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			continue
		}
		c := strings.Split(l, between)
		if len(c) < 3 || !slices.Contains([]string{"both", "real", "sim"}, c[0]) {
			return nil, fmt.Errorf("lists: line %d is %q, want build, what is allowed, and why, separated by %q", i+1, l, between)
		}
		lines = append(lines, Line{c[0], strings.Join(c[1:len(c)-1], between), c[len(c)-1]})
	}
	return lines, nil
}

// Read gives a committed list by its name, such as "calls".
func Read(name string) ([]Line, error) {
	b, err := files.ReadFile(name + ".txt")
	if err != nil {
		return nil, fmt.Errorf("lists: %w", err)
	}
	return Parse(string(b))
}

// Compare gives, in words, what is found and not allowed, then what is allowed and not found.
func Compare(lines []Line, found Found) (wrong []string) {
	listed := map[string]bool{}
	for _, l := range lines {
		listed[l.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		if !listed[key] {
			wrong = append(wrong, "not on the list: "+key)
		}
	}
	clear(listed)
	for _, l := range lines {
		build, ok := found[l.Key]
		switch {
		case listed[l.Key]:
			wrong = append(wrong, "listed twice: "+l.Key)
		case !ok:
			wrong = append(wrong, "listed and no longer there: "+l.Key)
		case build != l.Build:
			wrong = append(wrong, fmt.Sprintf("listed for %s, found in %s: %s", l.Build, build, l.Key))
		case l.Why == open:
			wrong = append(wrong, "listed without a reason: "+l.Key)
		}
		listed[l.Key] = true
	}
	return wrong
}

// Rewrite gives the text of a list that allows exactly what was found. Comments at its head and the
// reasons of lines that stay are kept; new lines ask for one, and fall short until they have it.
func Rewrite(text string, found Found) (string, error) {
	lines, err := Parse(text)
	if err != nil {
		return "", err
	}
	why := map[string]string{}
	for _, l := range lines {
		why[l.Key] = l.Why
	}
	var b strings.Builder
	for l := range strings.Lines(text) {
		if !strings.HasPrefix(l, "#") {
			break
		}
		b.WriteString(l)
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		reason := why[key]
		if reason == "" {
			reason = open
		}
		b.WriteString(found[key] + between + key + between + reason + "\n")
	}
	return b.String(), nil
}
