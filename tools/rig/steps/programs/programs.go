// Package programs holds the steps of a scenario about faults of programs: one of them crashes, or the kernel hangs and
// the watchdog has to help. It asks the bench only. It is for the rig, outside the data path.
package programs

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
)

// patience is how long a program may take to come by where it can be struck: one that has nothing to do wakes up at
// the end of an interval at the latest.
const patience = 4 * time.Minute

// Steps gives the sentences of this package.
func Steps() []bench.Step {
	return []bench.Step{
		{Pattern: "crash the {word}", Doc: "ends a program by a fault in its own code, so that nothing of it can clean up: eye, courier, dialer, warden (its core), starter, scout, asker (the scout's other half), init",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return "", crash(ctx, s, a.Texts[0])
			}},
		{Pattern: "crash the {word} {number} times, each when the console says {text} again within {duration}",
			Doc: "the same again and again: each time it waits for the line that says that the program works, and the last time too",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return again(ctx, s, a.Texts[0], a.Texts[1], a.Numbers[0], a.Durations[0])
			}},
		{Pattern: "hang the kernel", Doc: "its processors loop for ever with interrupts off, as by a fault of a driver",
			Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
				s.Mark = s.Rig.Console().Mark()
				s.Keep[resets] = s.Rig.Machine().Resets()
				s.Say("%sthe kernel hangs", bench.Fault)
				return "", s.Rig.Machine().Hang()
			}},
		{Pattern: "the watchdog resets the board within {duration}", Doc: "waits for one reset by the watchdog since the kernel was made to hang",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				before, ok := s.Keep[resets].(int)
				if !ok {
					return "", errors.New("programs: the kernel was not made to hang before")
				}
				return bitten(ctx, s, before+1, a.Durations[0])
			}},
		{Pattern: "check the watchdog bit {number} times", Doc: "since the start of the scenario", Check: true,
			Do: func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
				n := s.Rig.Machine().Resets()
				if n != a.Numbers[0] {
					return fmt.Sprintf("%d resets", n), fmt.Errorf("programs: the watchdog reset the board %d times, want %d", n, a.Numbers[0])
				}
				return fmt.Sprintf("%d resets", n), nil
			}},
		{Pattern: "the log says {text} {number} times within {duration}", Doc: "waits until so many entries of the device's log at the collector fit the regular expression",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return logged(ctx, s, a.Texts[0], a.Numbers[0], a.Durations[0])
			}},
	}
}

// resets is where the number of resets before a hang is kept.
const resets = "programs.resets"

// crash ends one program, and begins to look at the console from there on.
func crash(ctx context.Context, s *bench.Scene, program string) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	s.Mark = s.Rig.Console().Mark()
	s.Say("%sthe %s crashes", bench.Fault, program)
	return s.Rig.Machine().Crash(ctx, program)
}

// again crashes a program n times, each when it works again.
func again(ctx context.Context, s *bench.Scene, program, works string, n int, d time.Duration) (string, error) {
	for i := range n {
		if err := crash(ctx, s, program); err != nil {
			return fmt.Sprintf("%d crashes", i), err
		}
		if _, err := s.Rig.Console().Await(ctx, s.Mark, works, d); err != nil {
			return fmt.Sprintf("%d crashes", i+1), err
		}
	}
	return fmt.Sprintf("%d crashes", n), nil
}

// look is how often the watchdog is looked at.
const look = 100 * time.Millisecond

func bitten(ctx context.Context, s *bench.Scene, want int, d time.Duration) (string, error) {
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	for began := time.Now(); ; {
		if n := s.Rig.Machine().Resets(); n >= want {
			return fmt.Sprintf("after %v", time.Since(began).Round(time.Second)), nil
		}
		select {
		case <-ctx.Done():
			return fmt.Sprintf("%d resets", s.Rig.Machine().Resets()), fmt.Errorf("programs: the watchdog did not bite within %v: %w", d, ctx.Err())
		case <-time.After(look):
		}
	}
}

func logged(ctx context.Context, s *bench.Scene, pattern string, n int, d time.Duration) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("programs: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	var found []string
	err = s.Rig.Collector().Await(ctx, func(_ []record.Record, events []devicelog.Entry) bool {
		found = found[:0]
		for _, e := range events {
			if text := e.Event().String(); re.MatchString(text) {
				found = append(found, text)
			}
		}
		return len(found) >= n
	})
	if err != nil {
		return fmt.Sprintf("%d entries", len(found)), fmt.Errorf("programs: %d entries of the log fit %q within %v, want %d: %w", len(found), pattern, d, n, err)
	}
	return strings.Join(found[:min(len(found), 3)], " | "), nil
}
