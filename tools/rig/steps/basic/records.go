package basic

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
)

func records() []bench.Step {
	return []bench.Step{
		act("{number} records are there within {duration}", "waits until so many have come to the collector since the start of the scenario", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return arrive(ctx, s, a.Numbers[0], a.Durations[0])
		}),
		act("{number} more records come within {duration}", "waits for so many more than are at the collector now", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return arrive(ctx, s, len(s.Rig.Collector().Records())+a.Numbers[0], a.Durations[0])
		}),
		act("the log says {text} within {duration}", "waits for an entry of the device's log at the collector that fits the regular expression", func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return logged(ctx, s, a.Texts[0], a.Durations[0])
		}),
		check("check the log never said {text}", "no entry of the device's log at the collector fits the regular expression", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			re, err := regexp.Compile(a.Texts[0])
			if err != nil {
				return "", fmt.Errorf("basic: %w", err)
			}
			all := s.Rig.Collector().Events()
			for _, e := range all {
				if text := e.Event().String(); re.MatchString(text) {
					return text, fmt.Errorf("basic: entry %d of the log fits %q", e.Number, a.Texts[0])
				}
			}
			if len(all) == 0 {
				return "no entries", errors.New("basic: no log has come")
			}
			return fmt.Sprintf("none of %d entries", len(all)), nil
		}),
		check("check the records verify", "everything at the collector is checked anew: signatures, chain, log; nothing is missing, and each boot counts from 0", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return verified(s)
		}),
		check("check the records follow one another without a gap", "in each start the next begins where the last ended", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			ends := map[[16]byte]int64{}
			return each(s, func(r *record.Record) (string, error) {
				if end, ok := ends[r.Boot]; ok && r.From != end {
					return fmt.Sprintf("%+d s", r.From-end), fmt.Errorf("it begins %+d s after the one before ended", r.From-end)
				}
				ends[r.Boot] = r.To
				return fmt.Sprintf("of %d starts", len(ends)), nil
			})
		}),
		check("check there are {number} records", "so many came to the collector since the start of the scenario", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			n := len(s.Rig.Collector().Records())
			if n != a.Numbers[0] {
				return fmt.Sprintf("%d records", n), fmt.Errorf("basic: %d records came, want %d", n, a.Numbers[0])
			}
			return fmt.Sprintf("%d records", n), nil
		}),
		check("check the records are of {number} starts", "so many boots of the warden sent records", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			boots := map[[16]byte]int{}
			for _, r := range s.Rig.Collector().Records() {
				boots[r.Boot]++
			}
			if len(boots) != a.Numbers[0] {
				return fmt.Sprintf("%d starts", len(boots)), fmt.Errorf("basic: records of %d starts, want %d", len(boots), a.Numbers[0])
			}
			return fmt.Sprintf("%d starts", len(boots)), nil
		}),
		check("check every record says camera {word} with {word}", "the driver and the size, such as v4l2 with 320x240", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return each(s, func(r *record.Record) (string, error) {
				saw := fmt.Sprintf("%s with %dx%d", r.Camera.Driver, r.Camera.Width, r.Camera.Height)
				if saw != a.Texts[0]+" with "+a.Texts[1] {
					return saw, fmt.Errorf("the camera is %s, want %s with %s", saw, a.Texts[0], a.Texts[1])
				}
				return saw, nil
			})
		}),
		check("check every record has a coverage of {number} % or more", "so much of the interval was seen", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			least := 100
			return each(s, func(r *record.Record) (string, error) {
				least = min(least, int(r.Coverage))
				if int(r.Coverage) < a.Numbers[0] {
					return fmt.Sprintf("%d %%", r.Coverage), fmt.Errorf("the coverage is %d %%, want %d or more", r.Coverage, a.Numbers[0])
				}
				return fmt.Sprintf("%d %% or more", least), nil
			})
		}),
		check("check every record says the clock is {word}", "unknown, held or known", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			names := map[uint8]string{record.ClockUnknown: "unknown", record.ClockHeld: "held", record.ClockKnown: "known"}
			return each(s, func(r *record.Record) (string, error) {
				if names[r.Clock] != a.Texts[0] {
					return names[r.Clock], fmt.Errorf("the clock is %s, want %s", names[r.Clock], a.Texts[0])
				}
				return names[r.Clock], nil
			})
		}),
		check("check every record says that nobody real was counted", "it is marked as simulated", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) { return marked(s, true) }),
		check("check every record says that people were counted", "it is not marked as simulated", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) { return marked(s, false) }),
		check("check record {number} ends at {text}", "records are numbered from 1 in the order in which they came; the time is UTC, such as 2027-03-01 08:15:00", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			r, err := nth(s, a.Numbers[0])
			if err != nil {
				return "", err
			}
			if at := time.Unix(r.To, 0).UTC().Format(time.DateTime); at != a.Texts[0] {
				return at, fmt.Errorf("basic: record %d ends at %s, want %s", a.Numbers[0], at, a.Texts[0])
			}
			return a.Texts[0], nil
		}),
		check("check record {number} lasts from {number} to {number} s", "from its first second to its last", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			r, err := nth(s, a.Numbers[0])
			if d := int(r.To - r.From); err == nil && (d < a.Numbers[1] || d > a.Numbers[2]) {
				err = fmt.Errorf("basic: record %d lasts %d s, want %d to %d", a.Numbers[0], d, a.Numbers[1], a.Numbers[2])
			}
			return fmt.Sprintf("%d s", r.To-r.From), err
		}),
		check("check record {number} has a coverage from {number} to {number} %", "of an interval that was not seen from its beginning, say", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			r, err := nth(s, a.Numbers[0])
			if err == nil && (int(r.Coverage) < a.Numbers[1] || int(r.Coverage) > a.Numbers[2]) {
				err = fmt.Errorf("basic: record %d has a coverage of %d %%, want %d to %d", a.Numbers[0], r.Coverage, a.Numbers[1], a.Numbers[2])
			}
			return fmt.Sprintf("%d %%", r.Coverage), err
		}),
		check("check record {number} has released nothing", "all its counts and totals are 0", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			r, err := nth(s, a.Numbers[0])
			for i, l := range r.Lines {
				if l.TotalForward+l.TotalBackward+l.Forward+l.Backward+l.Level > 0 {
					return fmt.Sprintf("%+v", l), fmt.Errorf("basic: record %d has released counts of line %d", a.Numbers[0], i+1)
				}
			}
			return "0", err
		}),
	}
}

func arrive(ctx context.Context, s *bench.Scene, n int, d time.Duration) (string, error) {
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	err := s.Rig.Collector().Await(ctx, func(all []record.Record, _ []devicelog.Entry) bool { return len(all) >= n })
	got := len(s.Rig.Collector().Records())
	if err != nil {
		return fmt.Sprintf("%d records", got), fmt.Errorf("basic: %d records are there, want %d within %v: %w", got, n, d, err)
	}
	return fmt.Sprintf("%d records", got), nil
}

func logged(ctx context.Context, s *bench.Scene, pattern string, d time.Duration) (found string, err error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", fmt.Errorf("basic: %w", err)
	}
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	err = s.Rig.Collector().Await(ctx, func(_ []record.Record, all []devicelog.Entry) bool {
		for _, e := range all {
			if found = e.Event().String(); re.MatchString(found) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Sprintf("%d entries", len(s.Rig.Collector().Events())), fmt.Errorf("basic: the log did not say %q within %v: %w", pattern, d, err)
	}
	return found, nil
}

// verified looks at everything that came. Records of one boot are numbered from 0 without a gap.
func verified(s *bench.Scene) (string, error) {
	all, next := s.Rig.Collector().Records(), map[[16]byte]uint32{}
	saw := fmt.Sprintf("%d records, %d entries of the log", len(all), len(s.Rig.Collector().Events()))
	if len(all) == 0 {
		return saw, errors.New("basic: there is no record to verify")
	}
	for i, r := range all {
		if r.Sequence != next[r.Boot] {
			return saw, fmt.Errorf("basic: record %d has the sequence %d, want %d", i+1, r.Sequence, next[r.Boot])
		}
		next[r.Boot]++
	}
	return saw, s.Rig.Collector().Verify()
}

// each looks at every record; there has to be one.
func each(s *bench.Scene, look func(*record.Record) (string, error)) (saw string, err error) {
	all := s.Rig.Collector().Records()
	if len(all) == 0 {
		return "no records", errors.New("basic: there is no record to look at")
	}
	for i := range all {
		if saw, err = look(&all[i]); err != nil {
			return saw, fmt.Errorf("basic: record %d: %w", i+1, err)
		}
	}
	return fmt.Sprintf("%d records: %s", len(all), saw), nil
}

func marked(s *bench.Scene, simulated bool) (string, error) {
	return each(s, func(r *record.Record) (string, error) {
		if r.Simulated != simulated {
			return "", fmt.Errorf("simulated is %v, want %v", r.Simulated, simulated)
		}
		return fmt.Sprintf("simulated is %v", simulated), nil
	})
}

// nth gives one record, from 1.
func nth(s *bench.Scene, n int) (record.Record, error) {
	all := s.Rig.Collector().Records()
	if n < 1 || n > len(all) {
		return record.Record{}, fmt.Errorf("basic: record %d of %d, want one that is there", n, len(all))
	}
	return all[n-1], nil
}
