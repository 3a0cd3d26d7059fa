// Package card holds the steps of a scenario about the card and its reader: faults of the reader, power that goes at an
// exact moment of the device's writing, and every card that a power cut could have left (tools/rig/crash). It asks the
// bench only. It is for the rig, outside the data path.
package card

import (
	"context"
	"fmt"
	"time"

	"tellijn/tools/rig/bench"
)

// do is what a step does.
type do = func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error)

// Steps gives the sentences of this package.
func Steps() []bench.Step {
	act := func(pattern, doc string, f do) bench.Step { return bench.Step{Pattern: pattern, Doc: doc, Do: f} }
	check := func(pattern, doc string, f do) bench.Step {
		return bench.Step{Pattern: pattern, Doc: doc, Do: f, Check: true}
	}
	return []bench.Step{
		act("the card's reader is {word}", "none (it works), worn, locked (can only be read, and says so at the next start), broken, lying, tearing, deaf or slow from now on; needs reader in the head", fault),
		check("check the reader's fault struck {number} times or more", "requests that failed or were slow, and writes that a power cut lost or tore, and starts at which the board was told that it can only read, since the first one", struck),
		act("the power goes at {text} within {duration}", "a moment of the device's writing, such as record half; nothing reaches the card from then on; needs reader in the head", cut),
		act("the card has {number} KiB left", "fills the data file system up, while the board has no power", func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
			s.Say("%sthe card has %d KiB left", bench.Fault, a.Numbers[0])
			return "", s.Rig.Card().Fill(int64(a.Numbers[0]) << 10)
		}),
		act("the card has room again", "takes away what filled the data file system up, while the board has no power", func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
			return "", s.Rig.Card().Fill(-1)
		}),
		check("check {number} cards that a power cut could have left are good", "so many places, spread over the whole run, with writes that were not flushed lost or torn: all records and counts are there; needs journal in the head", replay),
		check("check {number} of the ugliest go on when they are booted", "those with most at risk, each before a collector that has what it had then; behind the sentence above", boots),
	}
}

func fault(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
	s.Say("%sthe card's reader is %s", bench.Fault, a.Texts[0])
	return "", s.Rig.Card().Fault(a.Texts[0])
}

func struck(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
	n := s.Rig.Card().Struck()
	saw := fmt.Sprintf("%d times", n)
	if n < int64(a.Numbers[0]) {
		return saw, fmt.Errorf("card: the fault struck %d times, want %d or more: it shows nothing", n, a.Numbers[0])
	}
	return saw, nil
}

// cut takes the power away when the card is at a moment.
func cut(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
	late, stop := context.WithTimeout(ctx, a.Durations[0])
	defer stop()
	began := time.Now()
	if err := s.Rig.Card().Catch(late, a.Texts[0]); err != nil {
		return "", err
	}
	s.Say("%sthe power goes at %q", bench.Fault, a.Texts[0])
	return fmt.Sprintf("after %v", time.Since(began).Round(time.Second)), s.Rig.Power(false)
}
