// Campus simulates a campus with a camera at each door, publishes its counts by the small-count
// rule of the device and by the rules that people propose first, attacks all of them, and prints
// side by side what attackers find and what the counts are still good for. Everything follows from
// the seed; nobody real is in it.
//
//	go run ./tools/campus [-seed 1] [-rooms 400] [-days 30] [-svg FILE]
//
// It exits with 1 when the rule of the device misses what it must reach.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"tellijn/tools/campus/drawing"
	"tellijn/tools/campus/figures"
)

var (
	errUsage  = errors.New("campus: unknown arguments, see go run ./tools/campus -help")
	errMissed = errors.New("campus: a bound is missed")
)

func main() { os.Exit(status(os.Stderr, run(os.Args[1:], os.Stdout, os.Stderr))) }

// status prints what went wrong, if it was not said yet, and gives the exit status.
func status(w io.Writer, err error) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errMissed):
		return 1
	case errors.Is(err, errUsage):
		fmt.Fprintln(w, err)
		return 2
	}
	fmt.Fprintln(w, "campus:", err)
	return 1
}

func run(args []string, out, errs io.Writer) error {
	o := flag.NewFlagSet("campus", flag.ContinueOnError)
	o.SetOutput(errs)
	seed := o.Uint64("seed", 1, "what everything is drawn from")
	rooms := o.Int("rooms", 400, "rooms of the campus, 80 to 4000")
	days := o.Int("days", 30, "days, 8 to 120, of which the first is a Monday")
	svg := o.String("svg", "", "file to draw the occupancy errors to, as SVG")
	if err := o.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if o.NArg() > 0 {
		return errUsage
	}
	started := time.Now()
	f, err := figures.Run(*seed, *rooms, *days, func(done float64, what string) {
		fmt.Fprintf(errs, "%5.1f s  %3.0f %%  %s\n", time.Since(started).Seconds(), 100*done, what)
	})
	if err != nil {
		return err
	}
	table(out, &f)
	limits(out, f.Weak)
	if *svg != "" {
		if err := draw(*svg, &f); err != nil {
			return err
		}
		fmt.Fprintf(out, "\nDrawn to %s.\n", *svg)
	}
	if !verdict(out, f.Missed(0)) {
		return errMissed
	}
	return nil
}

func draw(name string, f *figures.Figures) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("cannot draw: %w", err)
	}
	if err := drawing.Draw(file, f); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
