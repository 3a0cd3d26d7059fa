package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

var (
	// errUsage is wrapped when the flags make no sense.
	errUsage = errors.New("usage")
	// errSaid means that what went wrong was printed where it happened.
	errSaid = errors.New("said already")
)

type options struct {
	truth, clips, events string
	score                bool
	parallel             int

	time   string
	cells  size
	passes int
}

func parse(args []string, errs io.Writer) (*options, error) {
	o := &options{cells: size{80, 60}}
	f := flag.NewFlagSet("replay", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&o.truth, "truth", "", "count every clip of this truth `file`")
	f.StringVar(&o.clips, "clips", ".", "`folder` of the clips of the truth file")
	f.StringVar(&o.events, "events", "", "`folder` for the crossings, one file a clip; made if it is not there")
	f.BoolVar(&o.score, "score", false, "with -truth: compare with the truth and print missed and false crossings")
	f.IntVar(&o.parallel, "parallel", 2, "with -truth: clips at once; 1 gives the steadiest times")
	f.StringVar(&o.time, "time", "", "time the cycle on this `file` of raw YUYV frames of 640x480")
	f.Var(&o.cells, "grid", "with -time: `cells`, 80x60 or 160x120")
	f.IntVar(&o.passes, "passes", 5, "with -time: passes over the file")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() > 0 {
		return nil, fmt.Errorf("%w: %q is no flag", errUsage, f.Arg(0))
	}
	return o, o.check()
}

func (o *options) check() error {
	modes := 0
	for _, on := range []bool{o.truth != "", o.time != ""} {
		if on {
			modes++
		}
	}
	switch {
	case modes != 1:
		return fmt.Errorf("%w: want one of -truth, -time; -help lists all", errUsage)
	case o.truth != "" && o.events == "" && !o.score:
		return fmt.Errorf("%w: -truth wants -events DIR for the crossings, or -score", errUsage)
	case o.score && o.truth == "":
		return fmt.Errorf("%w: -score needs -truth", errUsage)
	case o.passes < 3 || o.passes > 1000:
		return fmt.Errorf("%w: -passes %d, want 3 to 1000", errUsage, o.passes)
	}
	return nil
}

// size is a flag like 160x120.
type size struct{ w, h int }

func (s *size) String() string { return fmt.Sprintf("%dx%d", s.w, s.h) }

func (s *size) Set(text string) error {
	var rest string
	if n, _ := fmt.Sscanf(text+" ", "%dx%d%s", &s.w, &s.h, &rest); n != 2 || s.w < 1 || s.h < 1 {
		return errors.New("want WIDTHxHEIGHT such as 160x120")
	}
	return nil
}
