package mutants

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tellijn/tools/fieldkit/image"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
)

// Options say what to run.
type Options struct {
	Root string   // of the source tree
	Out  string   // folder; what a scenario leaves goes to a folder with the name of its mutant
	Only []string // names; none means all
	Jobs int      // mutants beside each other
	// Scenarios and Steps are those of the rig.
	Scenarios []*protocol.Scenario
	Steps     []bench.Step
	Say       func(string) // nil for nobody; never called twice at a time
	Log       io.Writer    // of making images, several at a time if Jobs is more than 1; nil for nobody
}

// Outcome is what became of one mutant.
type Outcome struct {
	Name     string       `json:"name"`
	What     string       `json:"what"`
	File     string       `json:"file"`
	Scenario string       `json:"scenario"`
	Step     string       `json:"step"` // that must fail
	Seen     bool         `json:"seen"` // it did, for the right reason
	Verdict  play.Verdict `json:"verdict"`
	Failed   string       `json:"failed,omitempty"` // the step that did fail
	Reason   string       `json:"reason,omitempty"`
	Took     float64      `json:"took"` // seconds, with making the image
}

// Run breaks the product in one way after the other. The bench must be able to take an image of the caller. It ends
// early only when ctx does or the bench cannot go on. Whoever reads the outcome must know that the scenarios are
// green when nothing is broken; that is for an ordinary run.
func Run(ctx context.Context, b bench.Bench, o Options) (all []Outcome, err error) {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	for _, name := range o.Only {
		if _, err := Lookup(name); err != nil {
			return nil, err
		}
	}
	book, err := protocol.NewBook(o.Steps)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex // of what is said and gathered
	say, chosen := o.Say, All()
	o.Say = func(line string) { mu.Lock(); defer mu.Unlock(); say(line) }
	if len(o.Only) > 0 {
		chosen = slices.DeleteFunc(chosen, func(m Mutant) bool { return !slices.Contains(o.Only, m.Name) })
	}
	done := make([]*Outcome, len(chosen))
	play.Beside(o.Jobs, len(chosen), func(i int) bool {
		m, began := &chosen[i], time.Now()
		o.Say(fmt.Sprintf("mutant %s: %s", m.Name, m.What))
		mine := o
		if o.Jobs > 1 {
			mine.Say = func(line string) { o.Say(m.Name + " " + line) }
		}
		r, failed := one(ctx, b, m, book, &mine)
		if failed != nil && r.Verdict == "" {
			r.Verdict, r.Reason = play.CouldNot, failed.Error()
		}
		out := Judge(m, &r)
		out.Took = time.Since(began).Seconds()
		o.Say(out.String())
		mu.Lock()
		defer mu.Unlock()
		done[i] = &out
		if ctx.Err() != nil || errors.Is(failed, play.ErrStuck) {
			err = errors.Join(err, failed)
			return false
		}
		return true
	})
	for _, out := range done {
		if out != nil {
			all = append(all, *out)
		}
	}
	return all, errors.Join(err, ctx.Err())
}

// one makes the image of a mutant and runs its scenario.
func one(ctx context.Context, b bench.Bench, m *Mutant, book *protocol.Book, o *Options) (r play.Result, err error) {
	i := slices.IndexFunc(o.Scenarios, func(s *protocol.Scenario) bool { return s.Name == m.Scenario })
	if i < 0 {
		return r, fmt.Errorf("mutants: %s: scenario %q, want one that there is", m.Name, m.Scenario)
	}
	s := *o.Scenarios[i]
	steps, err := book.Bind(&s)
	if err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return r, fmt.Errorf("mutants: %w", err)
	}
	defer os.RemoveAll(dir)
	overlay, err := m.Overlay(o.Root, dir)
	if err != nil {
		return r, err
	}
	s.Setup.Image = filepath.Join(dir, s.Setup.Board+".img")
	if _, err := image.Build(ctx, image.Options{Board: s.Setup.Board, Path: s.Setup.Image, Tree: o.Root, Overlay: overlay}, o.Log); err != nil {
		return r, err
	}
	return play.Run(ctx, b, &s, steps, play.Options{Out: filepath.Join(o.Out, m.Name), Say: o.Say})
}

// Judge tells whether a mutant was seen: its scenario is red, and for the reason that the list names. A scenario that
// could not be run has seen nothing.
func Judge(m *Mutant, r *play.Result) Outcome {
	o := Outcome{Name: m.Name, What: m.What, File: m.File, Scenario: m.Scenario, Step: m.Step, Verdict: r.Verdict, Reason: r.Reason}
	said := m.Said == "" || slices.ContainsFunc(r.Console, func(s play.Said) bool { return strings.Contains(s.Line, m.Said) })
	for _, s := range r.Steps {
		if s.Err != "" {
			o.Failed = s.Text
			o.Seen = said && r.Verdict == play.Red && s.Text == m.Step && strings.Contains(s.Saw+"\n"+s.Err, m.Saw)
			break
		}
	}
	return o
}

// String is a line for people.
func (o Outcome) String() string {
	switch {
	case o.Seen:
		return fmt.Sprintf("seen      %-16s %s: %s", o.Name, o.Scenario, o.Failed)
	case o.Verdict == play.Green:
		return fmt.Sprintf("NOT SEEN  %-16s %s stayed green", o.Name, o.Scenario)
	}
	return fmt.Sprintf("NOT SEEN  %-16s %s is %s, but not at %q: %s", o.Name, o.Scenario, o.Verdict, o.Step, o.Reason)
}
