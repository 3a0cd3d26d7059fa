package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// entryLines is how many lines of the terminal one result takes there, fellLines how many a figure or what
// was wanted.
const (
	entryLines = 2
	fellLines  = 3
)

// WriteBrief prints what a person reads in five minutes: the counts, what fell short, each promise with its
// most telling results, what is not shown and why, and what remains. Nothing is left out without a word
// that says so. written names the files that have it all.
func (r *Report) WriteBrief(to io.Writer, written ...string) error {
	w := &printer{to: to}
	w.line("Tellijn: what was promised, and what was measured")
	w.block("", r.About.line())
	w.line("")
	w.block("", r.Summary())
	w.block("  ", "Held: all of it was measured, and came out as promised. Shown in part: what was measured held, and something was not measured. "+
		"A window is any 8 bytes in a row of a frame that was made to be found again.")
	for _, f := range r.Failed {
		w.cut("Could not run: ", f.Check+": "+strings.Join(strings.Fields(f.Why), " "), entryLines)
	}
	w.fell(r)
	w.promises(r)
	if len(r.About.Only) == 0 {
		w.absent(r)
		w.title("What remains, when every promise is held")
		for i, k := range r.Risks {
			w.cut(fmt.Sprintf("%3d. ", i+1), k.Name+": "+k.Brief, 1)
		}
	}
	w.title("More")
	for _, name := range written {
		w.line("  " + name + " has all of this run.")
	}
	w.block("  ", "-full prints all results, figures and risks here; -html FILE and -json FILE write them.")
	w.line("  The word in brackets repeats what stands before it:")
	w.line("    go run ./tools/proof -full -only " + r.example())
	return w.err
}

// example is a part of this run: one of what fell short, if anything did.
func (r *Report) example() string {
	for _, f := range r.Fell() {
		return f.Part()
	}
	for i := range r.Rows {
		for _, l := range r.Rows[i].Lines {
			return l.Part()
		}
	}
	return "attacks"
}

// fell prints what fell short.
func (w *printer) fell(r *Report) {
	all := r.Fell()
	if len(all) == 0 {
		return
	}
	w.title("What fell short")
	for _, f := range all {
		numbers := strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Promises), " ", ", "), "[]")
		word := "promise"
		if len(f.Promises) > 1 {
			word = "promises"
		}
		w.cut("  ", f.Name+" ["+f.Part()+"], "+word+" "+numbers, fellLines)
		w.cut("      Measured: ", f.Figure, fellLines)
		w.cut("      Wanted:   ", f.Why, fellLines)
	}
}

// promises prints those of which something was measured.
func (w *printer) promises(r *Report) {
	w.title("What was measured, promise by promise")
	left := 0
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Verdict == NotShown && (len(r.About.Only) == 0 || len(row.Lines) == 0) {
			left++
			continue
		}
		verdict := string(row.Verdict)
		if row.Verdict == Short {
			verdict = strings.ToUpper(verdict)
		}
		const wide = Width - numberWide - 2 - 2 - len(NotShown)
		for k, l := range wrap(row.Promise, wide) {
			if k == 0 {
				w.line(fmt.Sprintf("%*d  %-*s  %s", numberWide, row.Number, wide, l, verdict))
				continue
			}
			w.line(strings.Repeat(" ", numberWide+2) + l)
		}
		first, more := row.Telling()
		for _, l := range first {
			label := "     - "
			if l.Verdict == string(Short) {
				label = "     - FELL SHORT: "
			}
			w.entry(label, l.Name+": "+l.Head(), " ["+l.Part()+"]")
		}
		if more != "" {
			w.line("       and " + more)
		}
		if row.Lacks != "" && row.Verdict != Short {
			w.cut("       Still open: ", row.Lacks, entryLines)
		}
	}
	if len(r.About.Only) > 0 {
		w.block("", fmt.Sprintf("%d promises to which these checks do not speak were left out here, and the risks that remain; a run without -only has all.", left))
	}
}

// absent prints the promises that are not shown, one line each.
func (w *printer) absent(r *Report) {
	all := r.Absent()
	if len(all) == 0 {
		return
	}
	w.title("What is not shown here, and why")
	for _, a := range all {
		w.block("", strings.TrimSuffix(a.Why, ".")+":")
		for _, row := range a.Rows {
			w.cut(fmt.Sprintf("%*d  ", numberWide+1, row.Number), row.Promise, 1)
		}
	}
}

// title prints a heading.
func (w *printer) title(text string) {
	w.line("")
	w.line(text)
	w.line(strings.Repeat("-", utf8.RuneCountInString(text)))
}

// where the rest of a cut text is.
const where = "-full shows all"

// fitting is a text cut so that it takes at most lines of this width.
func fitting(text string, wide, lines int) []string {
	for n := wide * lines; ; n -= 4 {
		if l := wrap(Cut(text, n, where), wide); len(l) <= lines || n < wide/2 {
			return l[:min(len(l), lines)]
		}
	}
}

// cut prints a text behind a label, on at most so many lines.
func (w *printer) cut(label, text string, lines int) {
	wide := utf8.RuneCountInString(label)
	for i, l := range fitting(text, Width-wide, lines) {
		if i > 0 {
			label = strings.Repeat(" ", wide)
		}
		w.line(label + l)
	}
}

// entry prints a text behind a label, and a tag after it that is never cut.
func (w *printer) entry(label, text, tag string) {
	indent := strings.Repeat(" ", len(label)-len(strings.TrimLeft(label, " "))+2)
	wide := Width - utf8.RuneCountInString(label)
	for n := wide * entryLines; ; n -= 4 {
		lines := wrap(Cut(text, n, "")+tag, wide)
		if len(lines) > entryLines && n > wide/2 {
			continue
		}
		for i, l := range lines {
			if i > 0 {
				label = indent
			}
			w.line(label + l)
		}
		return
	}
}
