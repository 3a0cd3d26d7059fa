package card

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/crash"
	"tellijn/tools/rig/crash/states"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/disk/moment"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/scenarios"
)

// reader is a card's reader that does what it is told.
type reader struct {
	bench.Card
	fault   string
	struck  int64
	at      string
	free    []int64
	journal string
	never   bool // the moment does not come
}

func (r *reader) Fault(kind string) error { r.fault = kind; return nil }
func (r *reader) Struck() int64           { return r.struck }
func (r *reader) Fill(free int64) error   { r.free = append(r.free, free); return nil }
func (r *reader) Journal() (string, error) {
	if r.journal == "" {
		return "", bench.ErrCannot
	}
	return r.journal, nil
}
func (r *reader) Catch(ctx context.Context, at string) error {
	r.at = at
	if r.never {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// play does one sentence.
func play(t *testing.T, s *bench.Scene, line string) (string, error) {
	t.Helper()
	book, err := protocol.NewBook(Steps())
	if err != nil {
		t.Fatal(err)
	}
	step, args, err := book.Find(line)
	if err != nil {
		t.Fatal(err)
	}
	return step.Do(t.Context(), s, args)
}

func scene(t *testing.T, card bench.Card) (s *bench.Scene, power *[]bool, said *[]string) {
	t.Helper()
	rig := benchtest.New()
	rig.TheCard = card
	power, said = &[]bool{}, &[]string{}
	rig.OnPower = func(on bool) error { *power = append(*power, on); return nil }
	dir := t.TempDir()
	return &bench.Scene{Rig: rig, Say: func(format string, _ ...any) { *said = append(*said, format) }, Keep: map[string]any{}, Scratch: dir,
		File: func(name string) string { return filepath.Join(dir, name) }}, power, said
}

func TestReader(t *testing.T) {
	r := &reader{struck: 4}
	s, power, said := scene(t, r)
	if _, err := play(t, s, "the card's reader is lying"); err != nil || r.fault != "lying" || len(*said) != 1 || !strings.HasPrefix((*said)[0], "%s") {
		t.Errorf("%v, %+v, %q", err, r, *said)
	}
	if saw, err := play(t, s, "check the reader's fault struck 4 times or more"); err != nil || saw != "4 times" {
		t.Error(saw, err)
	}
	if _, err := play(t, s, "check the reader's fault struck 5 times or more"); err == nil {
		t.Error("a fault that did not strike often enough")
	}
	if _, err := play(t, s, `the power goes at "record half" within 1 s`); err != nil || r.at != "record half" || len(*power) != 1 || (*power)[0] {
		t.Errorf("%v, at %q, power %v", err, r.at, *power)
	}
	r.never = true
	if _, err := play(t, s, `the power goes at "record done" within 10 ms`); !errors.Is(err, context.DeadlineExceeded) || len(*power) != 1 {
		t.Errorf("%v, power %v: it did not come to that, and the power has to stay", err, *power)
	}
	for _, line := range []string{"the card has 4 KiB left", "the card has room again"} {
		if _, err := play(t, s, line); err != nil {
			t.Error(err)
		}
	}
	if len(r.free) != 2 || r.free[0] != 4096 || r.free[1] >= 0 {
		t.Error(r.free)
	}
}

// TestTooLittle: a card that was in no such reader, a run in which nothing happened, and boots of nothing.
func TestTooLittle(t *testing.T) {
	r := &reader{}
	s, _, _ := scene(t, r)
	const line = "check 500 cards that a power cut could have left are good"
	if _, err := play(t, s, line); !errors.Is(err, bench.ErrCannot) {
		t.Error(err)
	}
	r.journal = t.TempDir()
	for name, data := range map[string]string{disk.BaseFile: "", disk.JournalFile: "tellijn card journal 1\n"} {
		if err := os.WriteFile(filepath.Join(r.journal, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.Rig.(*benchtest.Rig).Sends([]record.Record{{}}, nil)
	if _, err := play(t, s, line); !errors.Is(err, states.ErrEmpty) {
		t.Error(err)
	}
	const boots = "check 20 of the ugliest go on when they are booted"
	if _, err := play(t, s, boots); err == nil || !strings.Contains(err.Error(), "nothing was looked at") {
		t.Error(err)
	}
	s.Keep[keepRun], s.Keep[keepResult] = &states.Run{}, &crash.Result{}
	if _, err := play(t, s, boots); err == nil || !strings.Contains(err.Error(), "only 0 cards") {
		t.Error(err)
	}
}

// TestFiles: what was found stays with the report.
func TestFiles(t *testing.T) {
	s, _, _ := scene(t, &reader{})
	r := &crash.Result{Found: []crash.Found{{State: states.State{At: 3, How: states.All, Lost: []int{1}}}, {State: states.State{At: 5, How: states.Tear}, Err: io.ErrUnexpectedEOF}}}
	if err := files(s, r); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"cards.svg": "1 of 2 cards", "cards.json": `"err": "unexpected EOF"`} {
		if b, err := os.ReadFile(s.File(name)); err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %v, want %q in it", name, err, want)
		}
	}
}

// TestMoments: the moments that scenarios wait for are there; one that is not would only be seen after minutes.
func TestMoments(t *testing.T) {
	all, err := scenarios.All()
	if err != nil {
		t.Fatal(err)
	}
	book, err := protocol.NewBook(Steps())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, sc := range all {
		for _, line := range strings.Split(sc.Text, "\n") {
			if !strings.HasPrefix(line, "the power goes at ") {
				continue
			}
			_, args, err := book.Find(line)
			if err != nil {
				t.Fatal(err)
			}
			n++
			if err := moment.Known(args.Texts[0]); err != nil {
				t.Errorf("%s: %v", sc.Name, err)
			}
			if !sc.Setup.Reader && !sc.Setup.Journal {
				t.Errorf("%s: no reader in the head", sc.Name)
			}
		}
	}
	if n < 18 {
		t.Errorf("%d moments, want each phase before, half way and behind", n)
	}
}
