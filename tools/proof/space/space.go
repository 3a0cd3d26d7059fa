// Package space is the part of the proof that speaks about every configuration: it finds each key
// that a person can set, walks through the values at their edges, alone, in pairs and at random, and
// holds what is accepted against what must always be true. It opens no camera and changes nothing.
// It stands outside the data path; tools/proof runs its checks.
package space

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"tellijn/boards"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/space/keys"
	"tellijn/tools/proof/space/told"
	"tellijn/tools/proof/space/values"
	"tellijn/tools/proof/space/walk"
	"tellijn/tools/rules/source"
)

// Sizes of a run.
const (
	randomWhole = 5000 // random whole configurations
	sampled     = 240  // accepted ones that are run on frames
	most        = 50   // faults that are told one by one

	largestRecord = 700 // bytes: as privacy/record bounds a signed one, rounded up
)

// command repeats these checks.
const command = "go test -count=1 -v ./tools/proof/space/..."

// promises of a result; 29 is "impossible in any configuration".
func promises(more ...int) []int { return append([]int{29}, more...) }

// Checks are what tools/proof runs. They share what they find, so that the source is read once.
func Checks() []claim.Check {
	s := &shared{seed: rand.Uint64()}
	return []claim.Check{
		{Name: "configurations: every key", Run: s.everyKey},
		{Name: "configurations: files", Run: s.files},
		{Name: "configurations: orders", Run: s.orders},
		{Name: "configurations: flags", Run: s.flags},
		{Name: "configurations: frames", Run: s.frames},
		{Name: "configurations: what is shown", Run: s.shown},
		{Name: "configurations: colours", Run: s.colours},
	}
}

// shared is what checks have in common.
type shared struct {
	seed uint64

	source sync.Once
	tree   *source.Tree
	err    error

	walked sync.Once
	sum    *walk.Sum
	bad    error
}

// read reads the source, once.
func (s *shared) read(b *bench.Bench) (*source.Tree, error) {
	s.source.Do(func() { s.tree, s.err = source.Read(b.Root) })
	return s.tree, s.err
}

// walk walks through the files, once.
func (s *shared) walk(ctx context.Context, b *bench.Bench) (*walk.Sum, error) {
	tree, err := s.read(b)
	if err != nil {
		return nil, err
	}
	s.walked.Do(func() {
		found, err := keys.TOML(tree)
		if err != nil {
			s.bad = err
			return
		}
		grounds, err := walk.Grounds(found["boards"], found["firmware/config"])
		if err != nil {
			s.bad = err
			return
		}
		b.Say(fmt.Sprintf("walking through configurations, seed %d", s.seed))
		s.sum, s.bad = walk.Walk(ctx, grounds, s.seed, randomWhole, sampled)
	})
	return s.sum, s.bad
}

// files is the walk through the keys of files.
func (s *shared) files(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	sum, err := s.walk(ctx, b)
	if err != nil {
		return nil, err
	}
	tried := sum.Singles + sum.Pairs + sum.Random
	what := fmt.Sprintf("each key alone (%d), every two keys at all their values (%d; those of [room] and [upload] with each other, [release] and the device) and random whole files (%d, seed %d), on real, simulated and virtual boards", sum.Singles, sum.Pairs, sum.Random, s.seed)
	all := []claim.Result{
		result("Configuration files, every key at its edges", what+": orders come back the same, beat, interval, cells, records with the closed list of fields, simulated said when it must be",
			fmt.Sprintf("%d tried: %d refused, %d accepted, %d of these break a rule", tried, sum.Refused, sum.Accepted, len(sum.Wrong)),
			len(sum.Wrong) == 0 && sum.Refused+sum.Accepted == tried && sum.Accepted > 1000, first(sum.Wrong), promises(1, 31)...),
		result("Refused files say what is wrong", "each refusal names a line of the file, and the key or the line of the key that was changed",
			fmt.Sprintf("%d of %d do not", len(sum.Unclear), sum.Refused), len(sum.Unclear) == 0 && sum.Refused > 1000, first(sum.Unclear), 29, 41),
		result("Finest cell that any configuration gives", "side of a cell on the floor, worked out from the picture, where a person's side counts as 450 mm, in every configuration that can count",
			fmt.Sprintf("the smallest is %.1f mm; %d of %d accepted ones count, the others are refused by the eye (a person is too small or too large in the picture)", sum.Finest, sum.Accepted-sum.Uncounted, sum.Accepted),
			sum.Finest >= 40, "40 mm", promises(4)...),
		result("Largest record that any configuration gives", "signed records of each accepted configuration, with every number at its largest and with nobody counted, which must have one size",
			fmt.Sprintf("%d bytes", sum.Record), sum.Record > 0 && sum.Record <= largestRecord, fmt.Sprintf("at most %d bytes", largestRecord), promises(1, 7)...),
		result("Rules finer than the floor", "accepted files whose table of the rule is finer than steps of 3 people, 15 minutes and 7:30 to 22:00, or in no order: the rule refuses them, so that the warden does not start",
			fmt.Sprintf("%d of %d accepted files, all refused; the floor was broken in none of the others", sum.Withheld, sum.Accepted), sum.Withheld > 100 && len(sum.Wrong) == 0, first(sum.Wrong), promises(1, 26, 65)...),
	}
	return all, nil
}

// orders is the walk through what the eye is told.
func (s *shared) orders(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	sim, err := boards.Lookup("sim")
	if err != nil {
		return nil, err
	}
	usb := sim
	usb.Kind, usb.Driver, usb.Path = boards.Real, "v4l2", "/dev/video0"
	o, err := told.Walk([]*boards.Board{&sim, &usb})
	if err != nil {
		return nil, err
	}
	return []claim.Result{result("Orders to the eye, every field at its edges", "each field of the orders, and every two, at the edges of their numbers: refused, or the same after a journey in the same number of bytes, and a real board takes no drawn camera, clip, play or other speed",
		fmt.Sprintf("%d fields, %d tried: %d refused, %d accepted, %d of these wrong", o.Fields, o.Tried, o.Refused, o.Accepted, len(o.Wrong)),
		len(o.Wrong) == 0 && o.Accepted > 100 && o.Refused > 1000, first(o.Wrong), promises(31)...)}, nil
}

// everyKey holds what was found in the source against the table of values.
func (s *shared) everyKey(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	tree, err := s.read(b)
	if err != nil {
		return nil, err
	}
	f, err := find(ctx, b, tree)
	if err != nil {
		return nil, err
	}
	return []claim.Result{
		result("Everything that a person can set is known", "keys of files, flags and build tags, found in the source, that stand in the table of values at their edges; and nothing in the table that is not in the source",
			fmt.Sprintf("%d keys of files, %d flags, %d build tags; %d without values, %d only in the table", f.keys, f.flags, len(f.tags), len(f.missing), len(f.idle)),
			len(f.missing)+len(f.idle) == 0 && f.keys > 20 && f.flags > 5, first(append(f.missing, f.idle...)), promises(1)...),
		result("Settings that come from anywhere else", fmt.Sprintf("places in the programs, and in the %d packages from elsewhere that they link, that read the environment or words of the command line that are no flags", f.packages),
			fmt.Sprintf("%d places that are not known; %d known: %s", len(f.reads), len(f.asked), strings.Join(f.asked, "; ")), len(f.reads) == 0 && f.packages > 3, first(f.reads), promises(6)...),
		result("Settings that would be a mode to look", "names of all keys, flags, build tags, values of kinds, fields of the orders and messages of the view that have a word for a picture, a level, a way to look for faults or to calibrate",
			fmt.Sprintf("%d of %d names", len(f.modes), f.names), len(f.modes) == 0 && f.names > 60, first(f.modes), promises(4, 35, 43, 53)...),
		result("Ways to build the programs otherwise", tagList(f.tags), fmt.Sprintf("%d tags", len(f.tags)), len(f.tags) > 0 && !slices.ContainsFunc(f.tags, func(t string) bool { return values.Tags()[t] == "" }), "a word on what each changes, in tools/proof/space/values", promises(1)...),
	}, nil
}

func tagList(tags []string) string {
	var out []string
	for _, t := range tags {
		out = append(out, t+": "+values.Tags()[t])
	}
	return "every build tag under hal, counting, privacy, firmware and boards, and what it changes: " + strings.Join(out, "; ")
}

// result judges one figure. wanted is said when it fell short.
func result(name, measured, figure string, ok bool, wanted string, numbers ...int) claim.Result {
	r := claim.Result{Promises: numbers, Name: name, Measured: measured, Figure: figure, Verdict: claim.Judge(ok), Command: command}
	if !ok {
		r.Why = wanted
	}
	return r
}

// first gives the first faults in one line; how many are printed is for the report to say.
func first(faults []string) string {
	if len(faults) == 0 {
		return "too little was found or tried"
	}
	text := "none of these: " + strings.Join(faults[:min(len(faults), most)], "; ")
	if more := len(faults) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}
