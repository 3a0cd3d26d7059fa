// Package basic holds the steps of a scenario that every scenario needs: power and button, what the board says, its
// lamp, its records and its log. It asks the bench only, never a machine. It is for the rig, outside the data path.
package basic

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tellijn/tools/rig/bench"
)

// Steps gives the sentences of this package.
func Steps() []bench.Step { return slices.Concat(power(), console(), lamp(), records(), counts()) }

// do is what a step does.
type do = func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error)

func act(pattern, doc string, f do) bench.Step {
	return bench.Step{Pattern: pattern, Doc: doc, Do: f}
}

func check(pattern, doc string, f do) bench.Step {
	return bench.Step{Pattern: pattern, Doc: doc, Do: f, Check: true}
}

// start is what the first program of a board says first.
const start = `first: starts as board`

// ended is what a kernel says last.
const ended = `reboot: Power down`

func power() []bench.Step {
	return []bench.Step{
		act("switch the board on", "gives it power; later steps look at the console from here on", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			s.Mark = s.Rig.Console().Mark()
			return "", s.Rig.Power(true)
		}),
		act("cut the power", "takes the power away at once, in the middle of whatever the board does", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			s.Say("%sthe power is cut", bench.Fault)
			return "", s.Rig.Power(false)
		}),
		act("hold the button for {duration}", "holds it for so long; the board switches itself off if it is 3 s or more", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			s.Mark = s.Rig.Console().Mark()
			return "", s.Rig.Hold(a.Durations[0])
		}),
		act("the board switches itself off within {duration}", "waits for the kernel's last word since the last act, then takes the power away", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			line, err := s.Rig.Console().Await(ctx, s.Mark, ended, a.Durations[0])
			return line, errors.Join(err, s.Rig.Power(false))
		}),
		act("the board starts {number} more times within {duration}", "waits for starts of its first program since the last act", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return times(ctx, s, start, a.Numbers[0], a.Durations[0])
		}),
	}
}

func console() []bench.Step {
	return []bench.Step{
		act("the console says {text} within {duration}", "waits for a line since the last act that fits the regular expression", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return s.Rig.Console().Await(ctx, s.Mark, a.Texts[0], a.Durations[0])
		}),
		act("the console says {text} {number} times within {duration}", "waits for so many such lines since the last act", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return times(ctx, s, a.Texts[0], a.Numbers[0], a.Durations[0])
		}),
		check("check the console said {text}", "some line of all lives fits the regular expression", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			lines, _, err := find(s, a.Texts[0])
			if err == nil && len(lines) == 0 {
				return "no such line", fmt.Errorf("basic: the console never said %q", a.Texts[0])
			}
			return last(lines), err
		}),
		check("check the console never said {text}", "no line of all lives fits the regular expression", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return never(s, a.Texts[0])
		}),
		check("check the kernel complains of nothing", "no panic, oops, fault of a file system or killed program on the console", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return never(s, complaints)
		}),
		check("check the memory of all programs is at most {number} KiB", "what the first program last said that all take together", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return figure(s, `memory: .* = (\d+) KiB`, func(n int) bool { return n > 0 && n <= a.Numbers[0] })
		}),
		check("check {number} sockets wait for anybody", "what the first program last said of sockets that listen", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return figure(s, `sockets: (\d+) listening`, func(n int) bool { return n == a.Numbers[0] })
		}),
	}
}

// complaints are what a kernel says when something is wrong with itself or with what it runs.
const complaints = `Kernel panic|Oops|BUG:|WARNING: CPU|Call trace|EXT4-fs error|EXT4-fs warning|Out of memory|oom-kill|soft lockup|rcu.*stall|segfault|unhandled`

// times waits until a pattern was said so often.
func times(ctx context.Context, s *bench.Scene, pattern string, n int, d time.Duration) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("basic: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	mark, found := s.Mark, ""
	for i := range n {
		if found, err = s.Rig.Console().Await(ctx, mark, pattern, d); err != nil {
			return fmt.Sprintf("%d such lines", i), err
		}
		lines := s.Rig.Console().Lines(mark)
		mark += 1 + slices.IndexFunc(lines, re.MatchString)
	}
	return found, nil
}

// find gives the lines of all lives that fit, and how many there are in all.
func find(s *bench.Scene, pattern string) (found []string, all int, err error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, 0, fmt.Errorf("basic: %w", err)
	}
	lines := s.Rig.Console().Lines(0)
	for _, l := range lines {
		if re.MatchString(l) {
			found = append(found, l)
		}
	}
	return found, len(lines), nil
}

// never looks that no line fits. A console that says nothing at all shows nothing.
func never(s *bench.Scene, pattern string) (string, error) {
	lines, all, err := find(s, pattern)
	switch {
	case err != nil:
		return "", err
	case all == 0:
		return "no lines", errors.New("basic: the console said nothing at all")
	case len(lines) > 0:
		return strings.Join(lines[:min(3, len(lines))], " | "), fmt.Errorf("basic: %d lines fit %q, want none", len(lines), pattern)
	}
	return fmt.Sprintf("none of %d lines", all), nil
}

// figure looks at the number in the newest line that fits.
func figure(s *bench.Scene, pattern string, right func(int) bool) (string, error) {
	lines, _, err := find(s, pattern)
	if err != nil || len(lines) == 0 {
		return "no such line", errors.Join(err, fmt.Errorf("basic: the console never said %q", pattern))
	}
	line := last(lines)
	n, err := strconv.Atoi(regexp.MustCompile(pattern).FindStringSubmatch(line)[1])
	if err == nil && !right(n) {
		err = fmt.Errorf("basic: %d is not what it should be", n)
	}
	return line, err
}

func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}
