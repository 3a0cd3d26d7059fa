package words

import (
	"path"
	"regexp"
	"strings"

	"tellijn/tools/rules/source"
)

// References gives what documents name and what is not there: files and folders of this repository,
// and tests. A claim whose test is gone is no claim.
func References(t *source.Tree) (found []source.Finding) {
	there, tests := map[string]bool{}, map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	for _, f := range t.Files {
		for p := f.Path; p != "."; p = path.Dir(p) {
			there[p] = true
		}
		if f.Test() {
			for _, m := range declared.FindAllStringSubmatch(f.Text, -1) {
				tests[m[1]] = true
			}
		}
	}
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)
	code := regexp.MustCompile("`([^`\\s]+)`")
	own := regexp.MustCompile(`^(hal|counting|privacy|firmware|ota|boards|tools|\.ci|\.github)/[\w./-]*$`)
	test := regexp.MustCompile(`^(Test|Fuzz|Benchmark)[A-Z]\w*$`)
	for _, f := range t.Files {
		if !strings.HasSuffix(f.Path, ".md") {
			continue
		}
		for i, line := range strings.Split(f.Text, "\n") {
			note := func(name, text string) {
				found = append(found, source.Finding{Rule: "references", Path: f.Path, Line: i + 1, Name: name, Text: text})
			}
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if !there[path.Join(f.Dir(), m[1])] {
					note(m[1], "the document links it, and it is not there")
				}
			}
			for _, m := range code.FindAllStringSubmatch(line, -1) {
				switch name := m[1]; {
				case own.MatchString(name) && !there[path.Clean(name)]:
					note(name, "the document names it, and it is not there")
				case test.MatchString(name) && !tests[name]:
					note(name, "the document names this test, and there is none")
				}
			}
		}
	}
	return found
}
