package main

import (
	"fmt"
	"io"
	"path"
	"strings"
	"text/tabwriter"
	"time"

	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/real"
)

// list prints the scenarios with a tag, or all; of a real bench also what was never tried on one.
func list(out io.Writer, all []*protocol.Scenario, o order) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "name\tboard\tusually\ttags\twhat happens")
	n, sum := 0, time.Duration(0)
	for _, s := range all {
		if o.tag == "" || s.Tagged(o.tag) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Name, s.Setup.Board, span(s.Expect), strings.Join(s.Tags, " "), s.Title)
			n, sum = n+1, sum+s.Expect
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("rig: %w", err)
	}
	text := fmt.Sprintf("%d scenarios, %s one after the other\n", n, span(sum))
	if o.kind == "real" {
		text += "Never tried on real hardware:\n  " + strings.Join(real.Untried(), "\n  ") + "\n"
	}
	_, err := io.WriteString(out, text)
	return err
}

// span writes a duration as a person would.
func span(d time.Duration) string {
	if d < 10*time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}

// sentences prints every step, as it may stand in a scenario.
func sentences(out io.Writer, book *protocol.Book) error {
	_, err := io.WriteString(out, `A sentence stands in a scenario as it stands here. {text} is anything in double quotes, {word} one word,
{number} a whole number, {duration} a number and ms, s, min or h. A scenario ends with a check.

`)
	for _, s := range book.Steps() {
		if err != nil {
			break
		}
		_, err = fmt.Fprintf(out, "%s\n        %s\n", s.Pattern, s.Doc)
	}
	if err != nil {
		return fmt.Errorf("rig: %w", err)
	}
	return nil
}

// choose gives the scenarios that were asked for, each once, in the order of their names.
func choose(all []*protocol.Scenario, o order) (chosen []*protocol.Scenario, err error) {
	wanted := map[string]bool{}
	for _, word := range o.words {
		found := false
		for _, s := range all {
			named, err := path.Match(word, s.Name)
			if err != nil {
				return nil, fmt.Errorf("%w: %q: %w", errUsage, word, err)
			}
			if named || word == "all" || word == "short" && s.Tagged("short") {
				wanted[s.Name], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("%w: no scenario %q; go run ./tools/rig list has them", errUsage, word)
		}
	}
	for _, s := range all {
		if wanted[s.Name] && (o.tag == "" || s.Tagged(o.tag)) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("%w: no scenario of %q has the tag %q", errUsage, o.words, o.tag)
	}
	return chosen, nil
}
