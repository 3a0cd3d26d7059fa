package basic

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/segment"
)

func counts() []bench.Step {
	return []bench.Step{
		check("check the card is sound", "its file systems and the device's files, while the board has no power", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return "", s.Rig.Card().Sound()
		}),
		check("check the booked counts are at most {number} from the truth", "released, carried and open crossings of each line against the people who were drawn; the board has no power, and there was somebody", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			return near(s, a.Numbers[0])
		}),
		check("check {number} crossings or more are booked", "of all lines, both ways, released, carried and open, while the board has no power", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			booked, err := s.Rig.Card().Booked()
			if err != nil {
				return "", err
			}
			s.Keep[bench.KeepBooked] = booked
			if n := sum(booked); n < uint64(a.Numbers[0]) {
				return fmt.Sprintf("%d crossings", n), fmt.Errorf("basic: %d crossings are booked, want %d or more", n, a.Numbers[0])
			}
			return fmt.Sprintf("%d crossings", sum(booked)), nil
		}),
		check("check the booked counts have not become less", "of each line, against the last time that a step read them; the board has no power", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return grown(s)
		}),
		check("check nothing is released that is not booked", "the totals of the newest record against released, carried and open crossings, while the board has no power", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return covered(s)
		}),
		check("check nothing but what has to leaves", "packets by destination: leases, time and the collector; something went to the collector", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return leaves(s.Rig.Network().Sent())
		}),
	}
}

// grown holds what is booked against what was booked before.
func grown(s *bench.Scene) (string, error) {
	before, ok := s.Keep[bench.KeepBooked].([]bench.Counts)
	if !ok || sum(before) == 0 {
		return "nothing", errors.New("basic: no step has read booked counts before, or there were none")
	}
	booked, err := s.Rig.Card().Booked()
	if err != nil {
		return "", err
	}
	s.Keep[bench.KeepBooked] = booked
	saw := fmt.Sprintf("%v, then %v", before, booked)
	if len(booked) != len(before) {
		return saw, errors.New("basic: want counts of the same lines")
	}
	for i, b := range booked {
		if b.Forward < before[i].Forward || b.Backward < before[i].Backward {
			return saw, fmt.Errorf("basic: line %d has lost crossings", i+1)
		}
	}
	return saw, nil
}

func sum(all []bench.Counts) (n uint64) {
	for _, c := range all {
		n += uint64(c.Forward) + uint64(c.Backward)
	}
	return n
}

// near holds what is booked against who was drawn.
func near(s *bench.Scene, most int) (string, error) {
	booked, err := s.Rig.Card().Booked()
	if err != nil {
		return "", err
	}
	truth, err := s.Rig.Camera().Truth()
	if err != nil {
		return "", err
	}
	s.Keep[bench.KeepBooked], s.Keep[bench.KeepTruth] = booked, truth
	saw := fmt.Sprintf("booked %v, drawn %v", booked, truth)
	if len(booked) != len(truth) || sum(truth) == 0 {
		return saw, errors.New("basic: want counts of the same lines, and somebody who crosses")
	}
	for i, b := range booked {
		if far(b.Forward, truth[i].Forward) > most || far(b.Backward, truth[i].Backward) > most {
			return saw, fmt.Errorf("basic: line %d is more than %d off", i+1, most)
		}
	}
	return saw, nil
}

func far(a, b uint32) int { return max(int(a)-int(b), int(b)-int(a)) }

// covered holds the newest record against what is booked: what was said must have been counted.
func covered(s *bench.Scene) (string, error) {
	booked, err := s.Rig.Card().Booked()
	if err != nil {
		return "", err
	}
	s.Keep[bench.KeepBooked] = booked
	all := s.Rig.Collector().Records()
	if len(all) == 0 {
		return "", errors.New("basic: there is no record")
	}
	newest := all[len(all)-1].Lines
	saw := fmt.Sprintf("booked %v, released", booked)
	for _, l := range newest {
		saw += fmt.Sprintf(" {%d %d}", l.TotalForward, l.TotalBackward)
	}
	if len(newest) != len(booked) {
		return saw, fmt.Errorf("basic: a record has %d lines, the card %d", len(newest), len(booked))
	}
	for i, l := range newest {
		if l.TotalForward > booked[i].Forward || l.TotalBackward > booked[i].Backward {
			return saw, fmt.Errorf("basic: line %d has released more than was counted", i+1)
		}
	}
	return saw, nil
}

// leaves looks that the board sent nothing but what it has to.
func leaves(sent map[string]int) (string, error) {
	collector := "tcp to " + segment.Collector + ":8443"
	may := []string{"arp", "udp to 255.255.255.255:67", "udp to " + segment.Router + ":67", "udp to " + segment.Router + ":123",
		"udp to " + segment.Clock + ":123", collector}
	var saw, wrong []string
	for _, to := range slices.Sorted(maps.Keys(sent)) {
		saw = append(saw, fmt.Sprintf("%d %s", sent[to], to))
		if !slices.Contains(may, to) {
			wrong = append(wrong, to)
		}
	}
	switch {
	case len(wrong) > 0:
		return strings.Join(saw, ", "), fmt.Errorf("basic: the board sent to %q", wrong)
	case sent[collector] == 0:
		return strings.Join(saw, ", "), fmt.Errorf("basic: the board sent nothing to its collector, so that nothing is shown")
	}
	return strings.Join(saw, ", "), nil
}
