package play

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"tellijn/hal"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/protocol"
)

// Options say how to run.
type Options struct {
	// Out is the folder of the report. What a scenario leaves goes into a folder of its name there.
	Out string
	// Say gets a line for each thing that happens; nil for nobody.
	Say func(string)
	// Limit bounds one scenario; 0 means three times what it usually takes, and five minutes more.
	Limit time.Duration
	// Grace is how long a step may take to end once it must, and the bench to clean up; 0 means half a minute.
	Grace time.Duration
}

// ErrStuck says that a step or a bench did not end when it had to. Nothing more can be run on that bench.
var ErrStuck = errors.New("play: did not end when it had to")

// Run runs one scenario on a bench. It returns when everything that was started has ended, also when ctx ends. The
// error is ErrStuck, or about the folder; what is wrong with the board stands in the result.
func Run(ctx context.Context, b bench.Bench, s *protocol.Scenario, steps []protocol.Bound, o Options) (Result, error) {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Limit == 0 {
		o.Limit = 3*s.Expect + 5*time.Minute
	}
	if o.Grace == 0 {
		o.Grace = 30 * time.Second
	}
	r := &run{o: o, parent: ctx, steps: steps, began: time.Now(), folder: filepath.Join(o.Out, s.Name)}
	r.result = Result{Scenario: describe(s), Bench: b.Kind(), Verdict: Green, Began: r.began.UTC().Round(0), Curves: map[string][]Point{}}
	for _, l := range s.Steps {
		r.result.Steps = append(r.result.Steps, Step{Line: l.Number, Text: l.Text})
	}
	if err := r.folders(); err != nil {
		r.judge(err, "")
		return r.result, err
	}
	defer os.RemoveAll(r.scratch)
	var stop context.CancelFunc
	r.ctx, stop = context.WithTimeout(ctx, o.Limit)
	defer stop()
	err := r.all(b, s)
	r.finish()
	return r.result, err
}

func describe(s *protocol.Scenario) Scenario {
	d := Scenario{Name: s.Name, Title: s.Title, Why: s.Why, Board: s.Setup.Board, Tags: s.Tags, Expect: s.Expect.Seconds(), Text: s.Text}
	for _, h := range s.Head {
		switch h[0] {
		case "title", "why", "board", "tags", "expect":
		default:
			d.Setup = append(d.Setup, h)
		}
	}
	return d
}

func (r *run) folders() (err error) {
	if err = os.RemoveAll(r.folder); err == nil { // of a run before
		err = os.MkdirAll(r.folder, 0o755)
	}
	if err == nil {
		r.scratch, err = os.MkdirTemp("", "rig") // short, for paths of sockets
	}
	if err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

// all opens the bench, does the steps and ends the bench.
func (r *run) all(b bench.Bench, s *protocol.Scenario) (err error) {
	file, err := os.Create(filepath.Join(r.folder, "console.txt"))
	if err != nil {
		return fmt.Errorf("play: %w", err)
	}
	defer file.Close()
	console := &listener{run: r, file: file, stamp: regexp.MustCompile(stamp)}
	var rig bench.Rig
	if _, err = r.guard("the bench is made ready", func() (_ string, err error) {
		rig, err = b.Open(r.ctx, s.Setup, console, r.say)
		return "", err
	}); err != nil {
		if errors.Is(err, ErrStuck) {
			r.judge(err, "")
			return err
		}
		r.judge(errors.Join(err, bench.ErrCannot), "the bench could not be made ready: ") // says nothing about the board
		return nil
	}
	r.result.Image = rig.Image()
	r.scene = &bench.Scene{Rig: rig, Setup: s.Setup, Scratch: r.scratch, Keep: map[string]any{}, File: r.file,
		Say:   func(format string, args ...any) { r.say(fmt.Sprintf(format, args...)) },
		Point: func(curve string, y float64) { r.point(curve, r.now(), y) }}
	watch := r.watch(rig)
	r.perform()
	watch()
	if _, ended := r.guard("the bench ends", func() (string, error) { return "", rig.End() }); ended != nil {
		r.say("the bench did not end well: " + ended.Error())
		if r.result.Verdict == Green {
			r.judge(ended, "the bench did not end well: ")
		}
		if errors.Is(ended, ErrStuck) {
			err = ended
		}
	}
	console.rest()
	return err
}

// perform does the steps up to the first that fails.
func (r *run) perform() {
	for i, step := range r.steps {
		if err := r.ctx.Err(); err != nil {
			r.judge(err, fmt.Sprintf("before line %d: ", step.Number))
			return
		}
		out := &r.result.Steps[i]
		out.Check, out.Ran, out.From = step.Step.Check, true, r.now()
		r.say("> " + step.Text)
		saw, err := r.guard(step.Text, func() (string, error) { return step.Step.Do(r.ctx, r.scene, step.Args) })
		out.To, out.Saw = r.now(), saw
		if saw != "" {
			r.say("  " + saw)
		}
		if err != nil {
			out.Err = err.Error()
			seen := ""
			if saw != "" {
				seen = "; seen: " + saw
			}
			r.judge(err, fmt.Sprintf("line %d, %s: ", step.Number, step.Text))
			r.result.Reason += seen
			r.say("  " + string(r.result.Verdict) + ": " + err.Error())
			return
		}
	}
}

// judge sets the verdict for what went wrong.
func (r *run) judge(err error, where string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.parent.Err() != nil:
		r.result.Verdict, r.result.Reason = CouldNot, where+"it was interrupted"
	case errors.Is(err, bench.ErrCannot), errors.Is(err, hal.ErrAbsent), errors.Is(err, errPanic), errors.Is(err, ErrStuck):
		r.result.Verdict, r.result.Reason, r.result.Absent = CouldNot, where+err.Error(), errors.Is(err, hal.ErrAbsent)
	case r.ctx != nil && r.ctx.Err() != nil:
		r.result.Verdict, r.result.Reason = Red, fmt.Sprintf("%sit took longer than %v: %v", where, r.o.Limit, err)
	default:
		r.result.Verdict, r.result.Reason = Red, where+err.Error()
	}
	r.result.Reason = strings.TrimSpace(r.result.Reason)
}
