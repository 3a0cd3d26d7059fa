package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Width of the printed table in columns.
const Width = 100

// The columns of the table, with one blank between two.
const (
	numberWide  = 3
	promiseWide = 33
	shownWide   = 46
	verdictWide = Width - numberWide - promiseWide - shownWide - 3
)

// WriteText prints all there is: the table, the counts and the risks, without colours, at most Width wide. If only some
// checks were asked for, it prints the promises to which they speak.
func (r *Report) WriteText(to io.Writer) error {
	w := &printer{to: to, said: map[string]bool{}}
	w.row("No.", "Promise", "What was measured, and the figure", "Verdict")
	w.rule()
	left := 0
	for i := range r.Rows {
		row := &r.Rows[i]
		if len(r.About.Only) > 0 && len(row.Lines) == 0 {
			left++
			continue
		}
		w.row(fmt.Sprintf("%3d", row.Number), row.Promise, w.shown(row), string(row.Verdict))
	}
	w.rule()
	for _, f := range r.Failed {
		w.block("Could not run: ", f.Check+": "+f.Why)
	}
	w.block("", r.Summary())
	w.commands(r)
	if len(r.About.Only) > 0 {
		w.line("")
		w.block("", fmt.Sprintf("%d promises to which these checks do not speak were left out here, and the risks that remain; a run without -only has all.", left))
	} else {
		w.risks(r)
	}
	w.line("")
	w.block("", r.About.line())
	return w.err
}

// risks prints what remains.
func (w *printer) risks(r *Report) {
	w.line("")
	w.block("", "What remains, when every promise is held:")
	for i, k := range r.Risks {
		w.line("")
		w.block(fmt.Sprintf("%2d. ", i+1), k.Name)
		w.block("    Measure: ", k.Measure)
		w.block("    Shown by: ", k.Shown)
		w.block("    Remains: ", k.Remains)
		w.block("    Whose: ", k.Owner)
	}
}

// line says in one line where and when it was.
func (a *About) line() string {
	return fmt.Sprintf("%s, %s, %s, %s, %s; %d s.", a.When.UTC().Format("2006-01-02 15:04 UTC"), a.Source(), a.Go, a.Kernel, a.Machine, a.Seconds)
}

// Source says of which state of the source it speaks.
func (a *About) Source() string {
	if a.Commit == "" {
		return "no commit (the source has changes)"
	}
	return "commit " + a.Commit
}

// printer keeps the first error, and what was said in full.
type printer struct {
	to   io.Writer
	err  error
	said map[string]bool
}

func (w *printer) line(text string) {
	if w.err == nil {
		_, w.err = fmt.Fprintln(w.to, strings.TrimRight(text, " "))
	}
}

func (w *printer) rule() { w.line(strings.Repeat("-", Width)) }

// shown is the third column: what was measured is said in full once, later only by its name and the head of
// its figure.
func (w *printer) shown(row *Row) string {
	var parts []string
	for _, l := range row.Lines {
		what := l.Name + ": " + l.Measured
		if w.said[l.Name] {
			what = "(" + l.Name + ")"
			l.Figure = l.Head()
		}
		w.said[l.Name] = true
		switch l.Verdict {
		case string(NotShown):
			parts = append(parts, "- "+what+": not shown here")
		case string(Short):
			parts = append(parts, "- "+what+": "+l.Figure+" - FELL SHORT")
		default:
			parts = append(parts, "- "+what+": "+l.Figure)
		}
	}
	if row.Lacks != "" {
		text := row.Lacks
		if row.Verdict == Part {
			text = "Still open: " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "\n")
}

// row prints one row of four columns.
func (w *printer) row(number, promise, shown, verdict string) {
	columns := [][]string{{number}, wrap(promise, promiseWide), wrap(shown, shownWide), wrap(verdict, verdictWide)}
	wide := []int{numberWide, promiseWide, shownWide, verdictWide}
	for i := 0; ; i++ {
		var b strings.Builder
		more := false
		for k, c := range columns {
			cell := ""
			if i < len(c) {
				cell, more = c[i], true
			}
			b.WriteString(cell + strings.Repeat(" ", max(0, wide[k]-utf8.RuneCountInString(cell))+1))
		}
		if !more {
			return
		}
		w.line(b.String())
	}
}

// block prints a text behind a label; its further lines stand under the text.
func (w *printer) block(label, text string) {
	indent := strings.Repeat(" ", len(label)-len(strings.TrimLeft(label, " ")))
	if label != "" {
		indent += "  "
	}
	for i, l := range wrap(text, Width-max(len(label), len(indent))) {
		if i == 0 {
			w.line(label + l)
			continue
		}
		w.line(indent + l)
	}
}

// commands prints how to repeat each measurement, once for each command.
func (w *printer) commands(r *Report) {
	names := map[string][]string{}
	var order []string
	seen := map[string]bool{}
	for _, row := range r.Rows {
		for _, l := range row.Lines {
			if seen[l.Name] {
				continue
			}
			seen[l.Name] = true
			if names[l.Command] == nil {
				order = append(order, l.Command)
			}
			names[l.Command] = append(names[l.Command], l.Name)
		}
	}
	if len(order) == 0 {
		return
	}
	w.line("")
	w.block("", "To repeat one part:")
	for _, c := range order {
		w.line("    " + c)
		w.block("        ", strings.Join(names[c], "; "))
	}
}

// wrap breaks a text into lines of at most wide characters, between words where it can.
func wrap(text string, wide int) (lines []string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		indent := ""
		if strings.HasPrefix(paragraph, "- ") {
			indent = "  "
		}
		line := ""
		for _, word := range strings.Fields(paragraph) {
			for {
				with := word
				if line != "" && line != indent {
					with = line + " " + word
				} else {
					with = line + word
				}
				if utf8.RuneCountInString(with) <= wide {
					line = with
					break
				}
				if line != "" && line != indent {
					lines, line = append(lines, line), indent
					continue
				}
				cut := []rune(with)
				lines, line, word = append(lines, string(cut[:wide])), indent, string(cut[wide:])
			}
		}
		lines = append(lines, line)
	}
	return lines
}
