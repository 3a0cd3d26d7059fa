package network

import (
	"context"
	"errors"
	"fmt"

	"tellijn/tools/rig/bench"
)

func collector() []bench.Step {
	return []bench.Step{
		{Pattern: "the collector is {word}", Doc: "honest, away (hangs up at once), slow (half a second for each byte), garbage, refusing, forging (receipts by another key), forgetting (receipts of its own that call stored what is not), dropping (connections end in the middle), impostor (of another authority), replaying (old answers) or altering (what passes is changed); an error if until now anybody believed a lie",
			Do: func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
				s.Mark = s.Rig.Console().Mark()
				s.Keep[lied] = s.Rig.Collector().Struck()
				if a.Texts[0] != "honest" {
					s.Say("%sthe collector is %s", bench.Fault, a.Texts[0])
				}
				return "", s.Rig.Collector().Be(a.Texts[0])
			}},
		{Pattern: "the collector misbehaves {number} times within {duration}", Doc: "waits until it was not honest to the board so often since it became what it is",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return until(ctx, s, lied, s.Rig.Collector().Struck, int64(a.Numbers[0]), a.Durations[0])
			}},
		{Pattern: "no record comes while the collector misbehaves {number} times within {duration}", Doc: "the same, and nothing is stored meanwhile",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				before := len(s.Rig.Collector().Records())
				saw, err := until(ctx, s, lied, s.Rig.Collector().Struck, int64(a.Numbers[0]), a.Durations[0])
				if n := len(s.Rig.Collector().Records()) - before; n > 0 {
					err = errors.Join(err, fmt.Errorf("network: %d records came meanwhile, want none", n))
				}
				return saw, err
			}},
		{Pattern: "check {number} records and entries or more waited on the board", Doc: "as it said itself, in what it sent since this was last asked", Check: true,
			Do: func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
				n := s.Rig.Collector().Waiting()
				if n < a.Numbers[0] {
					return fmt.Sprintf("%d waited", n), fmt.Errorf("network: at most %d records and entries waited on the board, want %d or more", n, a.Numbers[0])
				}
				return fmt.Sprintf("%d waited", n), nil
			}},
		{Pattern: "check the collector misses what it forgot", Doc: "its own check of everything that is stored has to see that something is missing", Check: true,
			Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
				err := s.Rig.Collector().Verify()
				if err == nil {
					return "everything verifies", errors.New("network: nothing is missing, although the collector forgot something")
				}
				return err.Error(), nil
			}},
	}
}
