package words

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"

	"tellijn/tools/rules/source"
)

// veiled are the words by which a camera was once hidden from the people under it.
func veiled() *regexp.Regexp { return regexp.MustCompile(`(?i)\b(sensor|scanner)s?\b`) }

// Camera gives every paragraph, comment and text for people that says sensor or scanner without
// saying camera.
func Camera(t *source.Tree) (found []source.Finding) {
	pattern := veiled()
	note := func(f *source.File, line int, text string) {
		if w := pattern.FindString(strings.ReplaceAll(text, "bufio.Scanner", "")); w != "" &&
			!strings.Contains(strings.ToLower(text), "camera") {
			found = append(found, source.Finding{Rule: "camera", Path: f.Path, Line: line, Name: strings.ToLower(w),
				Text: "it is a camera; say so in the same paragraph"})
		}
	}
	for _, f := range t.Files {
		switch {
		case f.Under("tools/rules"):
		case f.Go != nil:
			for _, c := range f.Go.Comments {
				note(f, t.Line(c.Pos()), c.Text())
			}
			ast.Inspect(f.Go, func(n ast.Node) bool {
				// A test may say the word to see it refused.
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && !f.Test() {
					note(f, t.Line(l.Pos()), l.Value)
				}
				return true
			})
		case document(f.Path):
			line := 1
			for _, paragraph := range strings.SplitAfter(f.Text, "\n\n") {
				note(f, line, paragraph)
				line += strings.Count(paragraph, "\n")
			}
		}
	}
	return found
}

// document tells whether people read a file as text.
func document(name string) bool {
	for _, end := range []string{".md", ".html", ".txt", ".toml", ".svg", ".cddl", ".js"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
