// Package imports checks who may import whom: the direction of the data path, what counting and the
// device may use of the standard library, and what each program links. It reads import lines and
// what the go command says; it builds nothing. It stands outside the data path.
package imports

import (
	"slices"
	"strconv"
	"strings"

	"tellijn/tools/rules/source"
)

// Check gives every import line that breaks a direction.
func Check(t *source.Tree) (found []source.Finding) {
	for _, f := range t.Files {
		if f.Go == nil {
			continue
		}
		for _, spec := range f.Go.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			if rule, why := judge(f, name); rule != "" {
				found = append(found, source.Finding{Rule: rule, Path: f.Path, Line: t.Line(spec.Pos()), Name: name, Text: why})
			}
		}
	}
	return found
}

// judge gives the rule that an import breaks, or "".
func judge(f *source.File, name string) (rule, why string) {
	own, inside := strings.CutPrefix(name, source.Module+"/")
	switch {
	case inside:
		return direction(f, own)
	case f.Under("tools") || f.Test():
		return "", ""
	case strings.Contains(strings.SplitN(name, "/", 2)[0], "."):
		for _, m := range modules() {
			if match(m.folder+"/...", name, "") && among(m.may, f.Dir(), "") {
				return "", ""
			}
		}
		return "modules", "no module is meant for this folder; see modules in tools/rules/imports/layers.go"
	}
	if l, ok := find(standard(), f.Dir()); ok && !slices.Contains(l.may, name) {
		return "pure", "counting is pure; it may import " + strings.Join(l.may, ", ")
	}
	for _, b := range banned() {
		if match(b.folder+"/...", name, "") && f.Under(b.may...) && name != "log/slog" {
			return "banned", "not in this part of the device; see banned in tools/rules/imports/layers.go"
		}
	}
	return "", ""
}

// direction judges an import within the repository.
func direction(f *source.File, own string) (rule, why string) {
	switch {
	case match("tools/...", own, "") && !f.Under("tools"):
		return "direction", "nothing imports tools: they are for people, never on the device"
	case match("firmware/...", own, "") && !f.Under("firmware", "tools"):
		return "direction", "nothing below firmware imports it"
	case f.Test():
		return "", "" // a test may stand on whatever helps it
	}
	l, ok := find(layers(), f.Dir())
	if !ok {
		return "direction", "this folder is not in layers of tools/rules/imports/layers.go; say there what it may import"
	}
	if !among(l.may, own, l.folder) {
		return "direction", l.folder + " may import " + strings.Join(append(l.may, "(nothing else)"), ", ")
	}
	return "", ""
}

// find gives the line of the longest folder that holds dir.
func find(table []layer, dir string) (best layer, ok bool) {
	for _, l := range table {
		if match(l.folder+"/...", dir, "") && (!ok || len(l.folder) > len(best.folder)) {
			best, ok = l, true
		}
	}
	return best, ok
}

// among tells whether one of the patterns matches; home is what "." stands for.
func among(patterns []string, name, home string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, name, home) })
}

// match tells whether an import path or a folder matches a pattern.
func match(pattern, name, home string) bool {
	if pattern == "." {
		pattern = home + "/..."
	}
	if root, wide := strings.CutSuffix(pattern, "/..."); wide {
		return name == root || strings.HasPrefix(name, root+"/")
	}
	return name == pattern
}
