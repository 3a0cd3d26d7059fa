package card

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/crash"
	"tellijn/tools/rig/crash/draw"
	"tellijn/tools/rig/crash/states"
	"tellijn/tools/rig/crash/whole"
	"tellijn/tools/rig/install"
)

// What is left to the next step.
const (
	keepRun    = "card: run"
	keepResult = "card: result"
)

// seed of the choice of states: the same run gives the same.
const seed = 1

// shown are how many bad states are told of.
const shown = 3

// replay looks at every card that a cut could have left.
func replay(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
	dir, err := s.Rig.Card().Journal()
	if err != nil {
		return "", err
	}
	c := s.Rig.Collector()
	run, err := states.Load(dir, c.Records(), c.Events())
	if err != nil {
		return "", err
	}
	n := run.Figures()
	saw := fmt.Sprintf("%d writes, %d flushes, %d cuts, %d records and %d log entries at the collector; up to %d writes unflushed",
		n.Writes, n.Flushes, n.Cuts, n.Records, n.Entries, n.Unflushed)
	if n.Records == 0 || n.Unflushed < 2 {
		return saw, fmt.Errorf("card: too little happened: %w", states.ErrEmpty)
	}
	res, err := crash.Replay(ctx, run, run.States(a.Numbers[0], seed))
	if err != nil {
		return saw, err
	}
	s.Keep[keepRun], s.Keep[keepResult] = run, res
	saw = fmt.Sprintf("%d of %d good, %d of them without something that was written, %d with a torn super block, in %v; %s", res.Good(), len(res.Found), res.Lossy(), res.Aside(),
		res.Took.Round(time.Second), saw)
	if err := files(s, res); err != nil {
		return saw, err
	}
	if len(res.Found) < a.Numbers[0] {
		err = fmt.Errorf("card: the run gives %d different cards, want %d", len(res.Found), a.Numbers[0])
	}
	for _, f := range res.Bad(shown) {
		err = errors.Join(err, fmt.Errorf("card: cut %v: %w", f.State, f.Err))
	}
	return saw, err
}

// files leaves the drawing and the list with the report.
func files(s *bench.Scene, res *crash.Result) error {
	if err := os.WriteFile(s.File("cards.svg"), []byte(draw.SVG(res)), 0o644); err != nil {
		return fmt.Errorf("card: %w", err)
	}
	type line struct {
		Entry   int    `json:"entry"` // of the journal, before which the power went
		How     string `json:"how"`
		Lost    int    `json:"lost"`
		Torn    int    `json:"torn"`
		Class   string `json:"class,omitempty"`
		Records int    `json:"records"` // at the collector
		Err     string `json:"err,omitempty"`
	}
	var all []line
	for _, f := range res.Found {
		l := line{f.State.At, f.State.How, len(f.State.Lost), len(f.State.Torn), f.Class(), f.Records, ""}
		if f.Err != nil {
			l.Err = f.Err.Error()
		}
		all = append(all, l)
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err == nil {
		err = os.WriteFile(s.File("cards.json"), b, 0o644)
	}
	if err != nil {
		return fmt.Errorf("card: %w", err)
	}
	return nil
}

// boots boots the ugliest.
func boots(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
	run, _ := s.Keep[keepRun].(*states.Run)
	res, _ := s.Keep[keepResult].(*crash.Result)
	if run == nil || res == nil {
		return "", errors.New("card: nothing was looked at; want the sentence about cards that a power cut could have left before")
	}
	ugly := res.Ugliest(a.Numbers[0])
	if len(ugly) < a.Numbers[0] {
		return "", fmt.Errorf("card: only %d cards are ugly, want %d", len(ugly), a.Numbers[0])
	}
	log, err := os.Create(s.File("boots.txt"))
	if err != nil {
		return "", fmt.Errorf("card: %w", err)
	}
	defer log.Close()
	good, bad := 0, error(nil)
	for i, f := range ugly {
		fmt.Fprintf(log, "--- %d: %v: %s\n", i+1, f.State, f.Class())
		saw, err := whole.Boot(ctx, whole.Options{Run: run, Found: f, Device: install.Name, Now: s.Setup.Now, More: s.Setup.Config, Log: log,
			Say: func(line string) { fmt.Fprintln(log, "rig:", line) }})
		fmt.Fprintf(log, "--- %s, %v\n", saw, err)
		if err == nil {
			good++
			s.Say("card %d, cut %v, booted: %s", i+1, f.State, saw)
			continue
		}
		bad = errors.Join(bad, fmt.Errorf("card: %d, cut %v, %s: %w", i+1, f.State, saw, err))
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Sprintf("%d of %d", good, len(ugly)), bad
}
