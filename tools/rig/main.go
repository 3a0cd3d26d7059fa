// Rig is the bench: it runs scenarios, text files that read like a test protocol, against a whole board with its own
// image, and writes a report. On the virtual bench everything around the board is emulated; on the real one it stands on
// a desk. Nobody real is counted. It is for people who make or try the firmware, outside the data path.
//
//	go run ./tools/rig [-bench virtual|real] [flags] list | steps | short | all | mutants | NAME...
//
// It exits with 0 if every scenario was green, with 1 if one was red, and with 2 if one could not be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/play"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/real"
	"tellijn/tools/rig/real/desk"
	"tellijn/tools/rig/scenarios"
	"tellijn/tools/rig/steps"
	"tellijn/tools/rig/virtual"
)

// errUsage says that it was called wrongly.
var errUsage = errors.New("rig: called wrongly")

// order is what was asked for.
type order struct {
	kind   string
	desk   string // path of the description of a real bench
	out    string
	tag    string
	jobs   int               // scenarios or mutants beside each other
	images map[string]string // paths by board
	words  []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // whoever asks twice is obeyed at once
	verdict, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status(verdict, err))
}

// status is what the program exits with.
func status(v play.Verdict, err error) int {
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case v == play.Red:
		return 1
	case v == play.Green && err == nil:
		return 0
	}
	return 2
}

// run does what was asked for. What only tells something is green.
func run(ctx context.Context, args []string, out, errOut io.Writer) (play.Verdict, error) {
	o, err := parse(args, errOut)
	if err != nil {
		return play.CouldNot, err
	}
	book, err := protocol.NewBook(steps.All())
	if err != nil {
		return play.CouldNot, err
	}
	all, err := scenarios.All()
	if err != nil {
		return play.CouldNot, err
	}
	switch o.words[0] {
	case "list":
		return play.Green, list(out, all, o)
	case "steps":
		return play.Green, sentences(out, book)
	}
	var chosen []*protocol.Scenario
	if o.words[0] != "mutants" {
		if chosen, err = choose(all, o); err != nil {
			return play.CouldNot, err
		}
	}
	b, err := open(o, errOut)
	if err != nil {
		return play.CouldNot, err
	}
	command := strings.Join(append([]string{"go run ./tools/rig"}, args...), " ")
	if o.words[0] == "mutants" {
		verdict, err := breaks(ctx, b, o, command, all, out, errOut)
		return verdict, errors.Join(err, b.Close())
	}
	verdict, err := series{b, book, o, out, command}.play(ctx, chosen)
	return verdict, errors.Join(err, b.Close())
}

func parse(args []string, errOut io.Writer) (order, error) {
	o := order{images: map[string]string{}}
	f := flag.NewFlagSet("rig", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&o.kind, "bench", "virtual", "`kind` of bench: virtual or real")
	f.StringVar(&o.desk, "desk", "tools/rig/real/bench.toml", "`file` that says what stands on the desk of a real bench")
	f.StringVar(&o.out, "out", "out/rig", "`folder` of the report")
	f.StringVar(&o.tag, "tag", "", "only scenarios with this `tag`; with list, or in place of names")
	f.IntVar(&o.jobs, "j", 1, "`number` of scenarios or mutants beside each other; only emulated boards can do that")
	f.Func("image", "`BOARD=FILE`: an image that was made before, in place of one made from the source tree; may be repeated", func(s string) error {
		board, path, ok := strings.Cut(s, "=")
		if !ok || board == "" || path == "" {
			return fmt.Errorf("%q, want BOARD=FILE", s)
		}
		o.images[board] = path
		return nil
	})
	f.Usage = func() {
		fmt.Fprint(errOut, "go run ./tools/rig [-bench virtual|real] [flags] list | steps | short | all | mutants | NAME...\n"+
			"  list   all scenarios, with their boards, tags and how long they usually take\n"+
			"  steps  all sentences that a scenario may have\n"+
			"  short  runs the set for each change, all every one, NAME... these; * stands for anything in a name\n"+
			"  mutants  breaks the product on purpose, in each of the ways that are listed or in those named, and sees that it is noticed\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			err = fmt.Errorf("%w: %w", errUsage, err)
		}
		return o, err
	}
	if o.kind != "virtual" && o.kind != "real" {
		return o, fmt.Errorf("%w: bench %q, want virtual or real", errUsage, o.kind)
	}
	if o.jobs < 1 || o.jobs > 1 && o.kind == "real" {
		return o, fmt.Errorf("%w: -j %d, want 1, or more on a virtual bench", errUsage, o.jobs)
	}
	if o.words = f.Args(); len(o.words) == 0 {
		if o.tag == "" {
			f.Usage()
			return o, fmt.Errorf("%w: want list, steps, short, all or the name of a scenario", errUsage)
		}
		o.words = []string{"all"}
	}
	return o, nil
}

// open makes the bench.
func open(o order, log io.Writer) (bench.Bench, error) {
	if o.kind == "virtual" {
		return virtual.New(virtual.Options{Images: o.images, Log: log}), nil
	}
	d, err := desk.Read(o.desk)
	if err != nil {
		return nil, err
	}
	m := real.Hardware()
	m.Images = o.images
	return real.New(d, m), nil
}
