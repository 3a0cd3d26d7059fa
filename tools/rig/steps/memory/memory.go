// Package memory holds the steps of a scenario that look for what is left of frames: in the memory and the registers of
// the board, and on its card (tools/rig/forensics). The film has to be "canary". What each search found goes into
// forensics.json beside the report. It keeps no frame and no memory. It is for the rig, outside the data path.
package memory

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/forensics"
	"tellijn/tools/rig/forensics/pool"
)

// Steps gives the sentences of this package.
func Steps() []bench.Step {
	return []bench.Step{
		{Pattern: "check only the driver's buffers hold frames as {text}", Check: true,
			Doc: "searches all memory while the camera streams, at 3 moments right behind a frame and 2 when it is worked off, and tells the worst: it holds what the driver has in its buffers and transfers, then in its transfers alone, and nothing else; the text names the case in the report",
			Do:  inFlight},
		{Pattern: "check nothing is left of frames in memory as {text}", Check: true,
			Doc: "searches all memory and the registers of a board that has stopped looking, with a control; the text names the case in the report",
			Do:  nothing},
		{Pattern: "check rows of frames are left in memory as {text}", Check: true,
			Doc: "as above, for a control in which the kernel was kept from wiping (kernel init_on_free=0): the same search has to find something",
			Do:  left},
		{Pattern: "check nothing is left of frames on the card as {text}", Check: true,
			Doc: "searches a copy of the whole card of a board without power, with a control; the text names the case in the report",
			Do:  card},
		{Pattern: "let only half of the next frame come",
			Doc: "stops the camera in the middle of a frame; the eye gives up after a few seconds",
			Do:  half},
		{Pattern: "pull the camera's cable in the middle of a frame",
			Doc: "lets half of the next frame come, and then takes the camera away",
			Do:  tear},
		{Pattern: "crash the eye with a frame in its hands",
			Doc: "ends the eye by a fault in its own code, in the middle of counting, and lets the camera send nothing more",
			Do:  crash},
		{Pattern: "let the camera send again",
			Doc: "lets it go on after it was made to send nothing more",
			Do:  again},
		{Pattern: "keep the memory when the board switches itself off",
			Doc: "from now on the machine stands still at its end, so that its memory can be searched",
			Do:  linger},
		{Pattern: "the board stands still within {duration}",
			Doc: "waits until it has switched itself off and stands still",
			Do:  still},
		{Pattern: "reset the board with its memory as it is",
			Doc: "resets it as it runs, in the middle of whatever it does, and lets it stand still before its first instruction",
			Do:  reset},
		{Pattern: "let the board run on",
			Doc: "lets a board that stands still run on; its firmware starts it anew if it was reset",
			Do:  goOn},
	}
}

// inner is the machine of a bench that can be looked into.
type inner interface {
	Board() (forensics.Board, error)
	// Canaries are the frames of the film, nil for another film.
	Canaries() *pool.Pool
}

// keep is where the search is kept from step to step.
const keep = "forensics"

// searching is what is kept.
type searching struct {
	search forensics.Search
	report string // path
	looks  []row
}

// open gives the search of a scenario, and the board: nil without power.
func open(s *bench.Scene) (*searching, inner, error) {
	in, ok := s.Rig.Machine().(inner)
	if !ok {
		return nil, nil, fmt.Errorf("memory: nobody can look into the memory of this board: %w", bench.ErrCannot)
	}
	frames := in.Canaries()
	if frames == nil {
		return nil, nil, fmt.Errorf("memory: film %q, want canary: other frames cannot be told from what a memory holds", s.Setup.Film)
	}
	have, _ := s.Keep[keep].(*searching)
	if have == nil {
		have = &searching{search: forensics.Search{Pool: frames, Scratch: s.Scratch}, report: s.File("forensics.json")}
		s.Keep[keep] = have
	}
	return have, in, nil
}

// row is one search in the report.
type row struct {
	Case, Where                    string
	MiB                            int64
	RowHits, WordHits, LongestWord int
	Registers, Frames, Pages       int
	Before, Stale, Oldest, Begun   int
	ControlPlanted, ControlFound   int
	Moments                        int // that were looked at, of which this is the worst
	Allowed, Verdict               string
}

// note adds a look to the report.
func (h *searching) note(s *bench.Scene, l forensics.Look) error {
	f := l.Found
	h.looks = append(h.looks, row{l.Case, l.Where, f.Bytes >> 20, f.RowHits, f.WordHits, f.Longest, l.Registers, len(f.Frames), len(f.Pages),
		l.Before, l.Stale, l.Oldest, l.Played, l.Planted, l.Refound, max(l.Moments, 1), l.Allowed, l.Verdict})
	s.Point("hits in "+l.Where, float64(f.Hits()))
	b, err := json.MarshalIndent(h.looks, "", "\t")
	if err != nil {
		return fmt.Errorf("memory: %w", err)
	}
	return os.WriteFile(h.report, append(b, '\n'), 0o644)
}

// Frames that pass before the first look, and between two.
const (
	first   = 20
	between = 3
)

// frameTime bounds the wait for one frame on a busy computer.
const frameTime = 5 * time.Second

func await(ctx context.Context, s *bench.Scene, frames int) error {
	ctx, stop := context.WithTimeout(ctx, time.Duration(frames)*frameTime)
	defer stop()
	return s.Rig.Camera().Await(ctx, frames)
}

func inFlight(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
	h, in, err := open(s)
	if err != nil {
		return "", err
	}
	board, err := in.Board()
	if err != nil {
		return "", err
	}
	now, err := is(board)
	if err != nil {
		return "", err
	}
	stays := func(context.Context) error { return nil }
	if now != running || h.search.Pool.Paused() {
		return h.worst(ctx, s, board, a.Texts[0], (*forensics.Look).InFlight, stays)
	}
	if err := await(ctx, s, first); err != nil {
		return "", err
	}
	sent := h.search.Pool.Sent
	saw, err := h.worst(ctx, s, board, a.Texts[0], (*forensics.Look).InFlight, sent, sent, sent)
	if err != nil {
		return saw, err
	}
	more, err := h.worst(ctx, s, board, a.Texts[0]+", the last frame worked off", (*forensics.Look).Worked, h.search.Pool.Quiet, h.search.Pool.Quiet)
	return saw + "; " + more, err
}

// worst looks once behind each of the moments that it waits for, and gives the worst of what it saw.
func (h *searching) worst(ctx context.Context, s *bench.Scene, b forensics.Board, name string, judge func(*forensics.Look, *pool.Pool) error,
	moments ...func(context.Context) error) (string, error) {
	var worst forensics.Look
	var wrong error
	defer h.search.Pool.Rest(false)
	for i, moment := range moments {
		wait, stop := context.WithTimeout(ctx, 2*frameTime)
		err := moment(wait)
		stop()
		if err != nil {
			return "", err
		}
		l, err := h.search.Memory(b, name)
		if err != nil {
			return "", err
		}
		bad := judge(&l, h.search.Pool)
		if i == 0 || wrong == nil && (bad != nil || l.Found.RowHits > worst.Found.RowHits) {
			worst, wrong = l, bad
		}
		if i < len(moments)-1 {
			h.search.Pool.Rest(false)
			if err := await(ctx, s, between); err != nil {
				return "", err
			}
		}
	}
	worst.Moments = len(moments)
	if err := h.note(s, worst); err != nil {
		return "", err
	}
	return worst.String(), wrong
}

func nothing(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
	return whole(s, a.Texts[0], (*forensics.Look).Nothing)
}

func left(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
	return whole(s, a.Texts[0], (*forensics.Look).Remains)
}

// whole searches the memory once and judges it.
func whole(s *bench.Scene, name string, judge func(*forensics.Look, *pool.Pool) error) (string, error) {
	h, in, err := open(s)
	if err != nil {
		return "", err
	}
	board, err := in.Board()
	if err != nil {
		return "", err
	}
	l, err := h.search.Memory(board, name)
	if err != nil {
		return "", err
	}
	wrong := judge(&l, h.search.Pool)
	if err := h.note(s, l); err != nil {
		return "", err
	}
	return l.String(), wrong
}

func card(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
	h, _, err := open(s)
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.Scratch, "card")
	if err := s.Rig.Card().Copy(path); err != nil {
		return "", err
	}
	defer os.Remove(path)
	l, err := h.search.Card(path, a.Texts[0])
	if err != nil {
		return "", err
	}
	wrong := l.Nothing(h.search.Pool)
	if err := h.note(s, l); err != nil {
		return "", err
	}
	return l.String(), wrong
}
