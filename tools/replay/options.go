package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
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
	wrong                string
	parallel             int

	time   string
	cells  size
	passes int

	play string
	line numbers
	area float64

	knobs bool
	only  string
	seeds int
	out   string

	scenes, quiet int
	seed          uint64
	size          size
}

func parse(args []string, errs io.Writer) (*options, error) {
	o := &options{cells: size{80, 60}, size: size{160, 120}}
	f := flag.NewFlagSet("replay", flag.ContinueOnError)
	f.SetOutput(errs)
	f.StringVar(&o.truth, "truth", "", "count every clip of this truth `file`")
	f.StringVar(&o.clips, "clips", ".", "`folder` of the clips of the truth file")
	f.StringVar(&o.events, "events", "", "`folder` for the crossings, one file a clip; made if it is not there")
	f.BoolVar(&o.score, "score", false, "with -truth: compare with the truth and print missed and false crossings")
	f.StringVar(&o.wrong, "wrong", "", "with -truth: list missed and false crossings, and draw the cells and tracks around each into this `folder`")
	f.IntVar(&o.parallel, "parallel", 2, "clips or scenes at once; 1 gives the steadiest times")
	f.StringVar(&o.time, "time", "", "time the cycle on this `file` of raw YUYV frames of 640x480")
	f.Var(&o.cells, "grid", "with -time: `cells`, 80x60 or 160x120")
	f.IntVar(&o.passes, "passes", 5, "with -time: passes over the file")
	f.StringVar(&o.play, "play", "", "play this clip `file` in the terminal: mask, tracks and counts")
	f.Var(&o.line, "line", "with -play: the counting line, `ax,ay,bx,by` in parts of the picture")
	f.Float64Var(&o.area, "person-area", 0, "with -play: area of a person, `part` of the picture such as 0.03")
	f.BoolVar(&o.knobs, "knobs", false, "count simulated scenes with one knob turned at a time and plot what is wrong")
	f.StringVar(&o.only, "only", "", "with -knobs: this `knob` only")
	f.IntVar(&o.seeds, "seeds", 3, "with -knobs: scenes for each value")
	f.StringVar(&o.out, "out", "out", "with -knobs: `folder` for knobs.svg and knobs.json; made if it is not there")
	f.IntVar(&o.scenes, "scenes", 0, "count simulated doors until there were this many true `crossings`")
	f.IntVar(&o.quiet, "quiet", 0, "count this many `scenes` of each kind in which nobody crosses")
	f.Uint64Var(&o.seed, "seed", 0, "with -knobs, -scenes, -quiet: first `seed`; 0 takes a fresh one")
	f.Var(&o.size, "size", "with -knobs, -scenes, -quiet: `pixels` of the simulated camera")
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
	for _, on := range []bool{o.truth != "", o.time != "", o.play != "", o.knobs, o.scenes != 0 || o.quiet != 0} {
		if on {
			modes++
		}
	}
	switch {
	case modes != 1:
		return fmt.Errorf("%w: want one of -truth, -time, -play, -knobs, or -scenes and -quiet; -help lists all", errUsage)
	case o.truth != "" && o.events == "" && !o.score && o.wrong == "":
		return fmt.Errorf("%w: -truth wants -events DIR for the crossings, -score, or -wrong DIR", errUsage)
	case o.score && o.truth == "":
		return fmt.Errorf("%w: -score needs -truth", errUsage)
	case o.wrong != "" && o.truth == "":
		return fmt.Errorf("%w: -wrong needs something to be wrong against, such as -truth FILE -clips DIR -wrong %s", errUsage, o.wrong)
	case o.passes < 3 || o.passes > 1000:
		return fmt.Errorf("%w: -passes %d, want 3 to 1000", errUsage, o.passes)
	case o.play != "" && (len(o.line) == 0 || o.area == 0):
		return fmt.Errorf("%w: -play wants -line ax,ay,bx,by and -person-area PART, such as -line 0,0.5,1,0.5 -person-area 0.03", errUsage)
	case o.seeds < 1 || o.scenes < 0 || o.quiet < 0:
		return fmt.Errorf("%w: -seeds %d, -scenes %d and -quiet %d cannot all be", errUsage, o.seeds, o.scenes, o.quiet)
	case o.only != "" && len(o.ranges()) == 0:
		return fmt.Errorf("%w: -only %q is no knob that is turned", errUsage, o.only)
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

// numbers is a flag like 0,0.5,1,0.5.
type numbers []float64

func (n *numbers) String() string { return fmt.Sprint([]float64(*n)) }

func (n *numbers) Set(text string) error {
	*n = nil
	for _, part := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return fmt.Errorf("%q is no number", part)
		}
		*n = append(*n, v)
	}
	return nil
}
