// Package supply holds the steps of a scenario about the switch of the camera's supply, and about counts that outlive a
// board's power. It asks the bench only. It is for the rig, outside the data path.
package supply

import (
	"context"
	"errors"
	"fmt"

	"tellijn/tools/rig/bench"
)

// Steps gives the sentences of this package.
func Steps() []bench.Step {
	turn := func(pattern, state, doc string) bench.Step {
		return bench.Step{Pattern: pattern, Doc: doc, Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			s.Mark = s.Rig.Console().Mark()
			if state != "works" {
				s.Say("%sthe camera's switch is %s", bench.Fault, state)
			}
			return "", s.Rig.Parts().Switch(state)
		}}
	}
	return []bench.Step{
		turn("weld the camera's switch", "welded", "it stays closed, whatever the board's line says"),
		turn("break the camera's switch", "broken", "it stays open, whatever the board's line says"),
		turn("mend the camera's switch", "works", "it follows the board's line again"),
		{Pattern: "check the board never got a frame", Doc: "the camera did not play a single one since the start of the scenario", Check: true,
			Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
				n := s.Rig.Camera().Played()
				if n > 0 {
					return fmt.Sprintf("%d frames", n), fmt.Errorf("supply: the board got %d frames, want none", n)
				}
				return "0 frames", nil
			}},
		{Pattern: "note what is booked", Doc: "released, carried and open crossings by line, while the board has no power; there has to be one", Do: note},
		{Pattern: "check nothing that was noted is gone", Doc: "as much is booked as was noted, or more, by line and way, while the board has no power", Check: true,
			Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) { return held(s, false) }},
		{Pattern: "check as much is booked as was noted", Doc: "neither more nor less, while the board has no power", Check: true,
			Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) { return held(s, true) }},
	}
}

// noted is where what was booked is kept.
const noted = "supply.booked"

func note(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	booked, err := s.Rig.Card().Booked()
	if err != nil {
		return "", err
	}
	some := false
	for _, c := range booked {
		some = some || c.Forward+c.Backward > 0
	}
	s.Keep[noted], s.Keep[bench.KeepBooked] = booked, booked
	if !some {
		return fmt.Sprint(booked), errors.New("supply: nobody was counted, so that nothing could be lost")
	}
	return fmt.Sprint(booked), nil
}

func held(s *bench.Scene, exactly bool) (string, error) {
	before, ok := s.Keep[noted].([]bench.Counts)
	if !ok {
		return "", errors.New("supply: nothing was noted before")
	}
	now, err := s.Rig.Card().Booked()
	if err != nil {
		return "", err
	}
	s.Keep[bench.KeepBooked] = now
	saw := fmt.Sprintf("%v, then %v", before, now)
	if len(now) != len(before) {
		return saw, errors.New("supply: there are other lines than before")
	}
	for i, b := range before {
		switch n := now[i]; {
		case n.Forward < b.Forward || n.Backward < b.Backward:
			return saw, fmt.Errorf("supply: crossings of line %d are gone", i+1)
		case exactly && n != b:
			return saw, fmt.Errorf("supply: crossings of line %d were added", i+1)
		}
	}
	return saw, nil
}
