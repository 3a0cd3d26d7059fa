package datum

import (
	"strings"
	"unicode/utf8"
)

// width of a line of running text, in characters. Rows of tables are as long as they are.
const width = 120

// Markdown writes the document.
func Markdown(sections []Section) string {
	var b strings.Builder
	b.WriteString("# What data there is\n\n")
	for _, p := range []string{
		"Every datum that comes into being in a device that counts: where it is, how fine, how long, and who could see it. If you find one that is not here, that is a fault; " +
			"[SECURITY.md](../SECURITY.md) says how to report it.",
		"Counting people with a camera **is** processing of personal data, even when a frame lives for milliseconds. Nothing below says that the law does not apply.",
		"This file is written by `go run ./tools/proof -data` from `privacy/datum` and from the limits in the programs. A test fails when it is not what that command " +
			"writes, or when a message or the state of counting has a field that belongs to nothing listed here.",
	} {
		b.WriteString(fold(p))
	}
	for _, s := range sections {
		b.WriteString("## " + s.Title + "\n\n")
		for _, p := range s.Before {
			b.WriteString(fold(p))
		}
		if len(s.Data) > 0 {
			b.WriteString("| datum | where | how fine | how long | who could see it | how it ends |\n| --- | --- | --- | --- | --- | --- |\n")
			for _, d := range s.Data {
				row(&b, d.Name, d.Place, d.Fine, d.Long, d.Seen, d.Ends)
			}
			b.WriteString("\n")
		}
		if len(s.Entries) > 0 {
			b.WriteString("| field | why |\n| --- | --- |\n")
			for _, e := range s.Entries {
				row(&b, e.Name, e.Why)
			}
			b.WriteString("\n")
		}
		for _, p := range s.After {
			b.WriteString(fold(p))
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// row is one row of a table; a bar inside a cell would end it.
func row(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}

// fold breaks a paragraph between words, and each item of a list by itself. A blank line follows.
func fold(text string) string {
	text = strings.ReplaceAll(text, "\n  ", " ")
	var b strings.Builder
	for part := range strings.SplitSeq(text, "\n") {
		indent := ""
		if strings.HasPrefix(part, "- ") {
			indent = "  "
		}
		n := 0
		for _, w := range strings.Fields(part) {
			l := utf8.RuneCountInString(w)
			switch {
			case n == 0:
			case n+1+l > width:
				b.WriteString("\n" + indent)
				n = len(indent)
			default:
				b.WriteString(" ")
				n++
			}
			b.WriteString(w)
			n += l
		}
		b.WriteString("\n")
	}
	return b.String() + "\n"
}
