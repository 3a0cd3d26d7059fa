// Proof runs every check of what this project promises and prints a table: 88 promises, what was
// measured about each, the figure, and whether it held. Whatever was not measured is called not
// shown, with the reason. It changes nothing but -data, and sends nothing anywhere.
//
//	go run ./tools/proof
//
// prints what can be read in five minutes; -full prints every result with its command, and -html and
// -json write them to files.
//
// It ends with 0 when nothing fell short, 1 when something did, and 2 when something could not run.
// "go run" itself ends with 1 for both and prints which; "go build ./tools/proof" tells them apart.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/datamap"
	"tellijn/tools/proof/page"
	"tellijn/tools/proof/promises"
	"tellijn/tools/proof/report"
	"tellijn/tools/proof/risks"
	"tellijn/tools/proof/run"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(proof(ctx, checks(), os.Args[1:], os.Stdout, os.Stderr))
}

// options are the flags.
type options struct {
	json, html, only string
	list, data, full bool
}

// proof is the whole program: the table goes to out, progress and mistakes to progress. It gives
// the exit code.
func proof(ctx context.Context, checks []claim.Check, args []string, out, progress io.Writer) int {
	var o options
	flags := flag.NewFlagSet("proof", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&o.json, "json", "", "write the report as JSON to `file`")
	flags.StringVar(&o.html, "html", "", "write the report as one page to `file`")
	flags.StringVar(&o.only, "only", "", "run only the checks of these `names`, with commas between")
	flags.BoolVar(&o.full, "full", false, "print every result, figure, command and risk")
	flags.BoolVar(&o.list, "list", false, "list the checks and end")
	flags.BoolVar(&o.data, "data", false, "write privacy/DATA.md anew and end")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	code, err := act(ctx, &o, flags.Args(), checks, out, progress)
	if err != nil {
		fmt.Fprintln(progress, "proof:", err)
		return 2
	}
	return code
}

// act does what the flags ask for.
func act(ctx context.Context, o *options, rest []string, checks []claim.Check, out, progress io.Writer) (int, error) {
	if len(rest) > 0 {
		return 2, fmt.Errorf("%q is no flag; -only %s runs one check, -list names all", rest[0], rest[0])
	}
	if o.list {
		for _, c := range checks {
			fmt.Fprintln(out, c.Name)
		}
		return 0, nil
	}
	var asked []string
	if o.only != "" {
		var err error
		if checks, asked, err = chosen(checks, o.only); err != nil {
			return 2, err
		}
	}
	var mu sync.Mutex
	say := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(progress, text)
	}
	b, err := bench.New(ctx, say)
	if err != nil {
		return 2, err
	}
	defer b.Close()
	if o.data {
		return 0, datamap.Rewrite(b.Root)
	}
	return measure(ctx, b, o, asked, checks, out, say)
}

// measure runs the checks and writes the report.
func measure(ctx context.Context, b *bench.Bench, o *options, asked []string, checks []claim.Check, out io.Writer, say func(string)) (int, error) {
	start := time.Now()
	before := commit(asking(ctx, b.Root))
	outcomes := run.All(ctx, b, checks, say)
	about := aboutHere(ctx, b.Root, start)
	if about.Commit != before {
		about.Commit = "" // the source changed while it was measured
	}
	about.Only, about.Command = asked, "go run ./tools/proof"
	if len(asked) > 0 {
		about.Command += " -only '" + strings.Join(asked, ",") + "'"
	}
	r := report.Build(promises.All(), outcomes, risks.All(), about)
	var written []string
	var faults error
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{{o.html, func(w io.Writer) error { return page.Write(w, &r) }}, {o.json, r.WriteJSON}} {
		if f.name == "" {
			continue
		}
		if err := file(f.name, f.write); err != nil {
			faults = errors.Join(faults, err)
			continue
		}
		written = append(written, f.name)
	}
	write := func(w io.Writer) error { return r.WriteBrief(w, written...) }
	if o.full {
		write = r.WriteText
	}
	if err := errors.Join(write(out), faults); err != nil {
		return 2, err
	}
	if len(r.Failed) > 0 {
		say("A check that cannot run says why above. Is everything installed that .ci/packages names? -only runs one alone.")
	}
	return r.Code(), nil
}

// file writes a file whole, or leaves what was there.
func file(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".proof-*")
	if err != nil {
		return fmt.Errorf("%w; does the folder exist?", err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// chosen gives the checks of these names. A name may be the first part of another, up to a colon or
// a slash.
func chosen(checks []claim.Check, names string) (some []claim.Check, asked []string, err error) {
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		n := len(some)
		for _, c := range checks {
			rest, ok := strings.CutPrefix(c.Name, name)
			if !ok || name == "" || rest != "" && !strings.ContainsAny(rest[:1], ":/-") {
				continue
			}
			if !slices.ContainsFunc(some, func(s claim.Check) bool { return s.Name == c.Name }) {
				some = append(some, c)
			}
			n = -1
		}
		if n >= 0 {
			var all []string
			for _, c := range checks {
				all = append(all, c.Name)
			}
			return nil, nil, fmt.Errorf("there is no check %q; there are: %s", name, strings.Join(all, ", "))
		}
		asked = append(asked, name)
	}
	return some, asked, nil
}
