package protocol

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tellijn/tools/rig/bench"
)

// Book is all sentences that a scenario may have.
type Book struct{ entries []entry }

type entry struct {
	step  bench.Step
	words []string
}

// Slots of a pattern.
const (
	slotText     = "{text}"
	slotWord     = "{word}"
	slotNumber   = "{number}"
	slotDuration = "{duration}"
)

// NewBook takes steps; a pattern that stands twice, or has a slot that is none, is an error.
func NewBook(steps []bench.Step) (*Book, error) {
	b := &Book{}
	seen := map[string]bool{}
	for _, s := range steps {
		words := strings.Fields(s.Pattern)
		key := strings.Join(words, " ")
		switch {
		case len(words) == 0 || key != s.Pattern:
			return nil, fmt.Errorf("protocol: pattern %q, want words with one space between them", s.Pattern)
		case seen[key]:
			return nil, fmt.Errorf("protocol: pattern %q stands twice", s.Pattern)
		case s.Doc == "" || s.Do == nil:
			return nil, fmt.Errorf("protocol: pattern %q has no text for the list, or does nothing", s.Pattern)
		}
		seen[key] = true
		for _, w := range words {
			if slot := w == slotText || w == slotWord || w == slotNumber || w == slotDuration; !slot && strings.ContainsAny(w, `{}"#`) {
				return nil, fmt.Errorf("protocol: pattern %q: %q, want {text}, {word}, {number}, {duration} or a plain word", s.Pattern, w)
			}
		}
		b.entries = append(b.entries, entry{s, words})
	}
	return b, nil
}

// Steps gives them in their order.
func (b *Book) Steps() []bench.Step {
	var all []bench.Step
	for _, e := range b.entries {
		all = append(all, e.step)
	}
	return all
}

// Bound is a step of a scenario with what is to be done for it.
type Bound struct {
	Line
	Step bench.Step
	Args bench.Args
}

// Bind finds what each step of a scenario means. The last has to be a check: a scenario that checks nothing at its end
// shows nothing. The error holds every line that means nothing.
func (b *Book) Bind(s *Scenario) ([]Bound, error) {
	var all []Bound
	var errs []error
	for _, l := range s.Steps {
		step, args, err := b.Find(l.Text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%w: %s:%d: %w", ErrInvalid, s.Name, l.Number, err))
		}
		all = append(all, Bound{l, step, args})
	}
	if len(errs) == 0 && !all[len(all)-1].Step.Check {
		errs = append(errs, fmt.Errorf("%w: %s:%d: the last step checks nothing", ErrInvalid, s.Name, all[len(all)-1].Number))
	}
	return all, errors.Join(errs...)
}

// Find gives what one sentence means. The error of one that means nothing names the nearest pattern.
func (b *Book) Find(line string) (bench.Step, bench.Args, error) {
	words, err := split(line)
	if err != nil {
		return bench.Step{}, bench.Args{}, err
	}
	var found []entry
	var args bench.Args
	for _, e := range b.entries {
		if a, ok := match(e.words, words); ok {
			found, args = append(found, e), a
		}
	}
	switch len(found) {
	case 1:
		return found[0].step, args, nil
	case 0:
		return bench.Step{}, bench.Args{}, fmt.Errorf("no step is %q%s", line, b.hint(words))
	}
	return bench.Step{}, bench.Args{}, fmt.Errorf("%q is %q and %q; change one of these patterns", line, found[0].step.Pattern, found[1].step.Pattern)
}

// word is one of a sentence; quoted ones may have spaces.
type word struct {
	text   string
	quoted bool
}

// split takes a sentence apart.
func split(line string) (words []word, err error) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " \t") {
		if rest, ok := strings.CutPrefix(line, `"`); ok {
			text, after, closed := strings.Cut(rest, `"`)
			if !closed {
				return nil, fmt.Errorf("a quote in %q has no end", line)
			}
			words, line = append(words, word{text, true}), after
			if line != "" && line[0] != ' ' && line[0] != '\t' {
				return nil, fmt.Errorf("no space behind %q", text)
			}
			continue
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		if strings.Contains(line[:end], `"`) {
			return nil, fmt.Errorf("a quote within %q", line[:end])
		}
		words, line = append(words, word{line[:end], false}), line[end:]
	}
	return words, nil
}

// match holds a sentence against a pattern.
func match(pattern []string, words []word) (a bench.Args, ok bool) {
	for _, p := range pattern {
		if len(words) == 0 {
			return a, false
		}
		w := words[0]
		used := 1
		switch p {
		case slotText:
			a.Texts = append(a.Texts, w.text)
			ok = w.quoted
		case slotWord:
			a.Texts = append(a.Texts, w.text)
			ok = !w.quoted
		case slotNumber:
			n, err := strconv.ParseInt(w.text, 10, 32)
			a.Numbers = append(a.Numbers, int(n))
			ok = err == nil && !w.quoted
		case slotDuration:
			if ok = len(words) > 1 && !w.quoted && !words[1].quoted; ok {
				d, err := span(w.text, words[1].text)
				a.Durations = append(a.Durations, d)
				used, ok = 2, err == nil
			}
		default:
			ok = !w.quoted && w.text == p
		}
		if !ok {
			return a, false
		}
		words = words[used:]
	}
	return a, len(words) == 0
}
