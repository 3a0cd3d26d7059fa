// Package machine shows on a whole board what is left of frames: it boots an arm64 kernel in
// tools/rig/vm with the real eye and a USB camera that plays canary frames, stops the machine at
// chosen moments, and searches all of its memory, the kernel's included. The same boot shows that
// the eye is confined on arm64, and can run attacks there. It keeps nothing: each copy of the
// memory, which holds noise made for this run, is removed once it is searched. It stands outside
// the data path.
package machine

import (
	"context"
	"errors"
	"fmt"

	"tellijn/hal"
	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/rig/forensics/pieces"
)

const command = "go test -v ./tools/proof/machine"

// Signals of Linux. (signal(7))
const (
	sigAbort = 6
	sigKill  = 9
	sigTerm  = 15
	sigSys   = 31 // what the kernel ends a program with that makes a call which it may not
)

// The checks of one boot, by name. The board is an emulated one with a 64-bit ARM processor.
const (
	namePlanted  = "Control: a frame kept on purpose on an emulated board"
	nameDropped  = "Emulated board: memory after a program that wiped nothing"
	nameRunning  = "Emulated board: memory while the eye counts"
	nameStopped  = "Emulated board: memory after the eye was stopped"
	nameKilled   = "Emulated board: memory after the eye was killed"
	nameCrashed  = "Emulated board: memory after the eye crashed"
	nameRows     = "Emulated board: rows of pixels after any end"
	nameWords    = "Emulated board: words of pixels that the kernel leaves"
	nameConfined = "Emulated board: the walls of the eye"
	nameAttacks  = "Emulated board: attacks"
)

// Hostile is an eye that was taken over; the zero value is none. Each attack is an argument of it,
// and must end with SIGSYS.
type Hostile struct {
	Folder, Tags string   // of the program, for bench.Program
	Drawn        []string // attacks that are made with a drawn camera, about a second each; they need the tag sim
	Camera       []string // attacks with the camera of the machine, a few seconds each
}

// Checks is one check, since all of it comes from one boot.
func Checks(h Hostile) []claim.Check {
	return []claim.Check{{Name: "machine", Run: func(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
		return check(ctx, b, h)
	}}}
}

func check(ctx context.Context, b *bench.Bench, h Hostile) ([]claim.Result, error) {
	s, err := boot(ctx, b, h)
	if errors.Is(err, hal.ErrAbsent) {
		return missing(err, h), nil
	}
	if err != nil {
		return nil, err
	}
	defer s.m.End()
	var out []claim.Result
	for _, part := range []func() ([]claim.Result, error){
		s.planted, s.counting,
		func() ([]claim.Result, error) {
			return s.ended(nameKilled, "the eye was killed in the middle of its work", sigKill)
		},
		func() ([]claim.Result, error) {
			return s.ended(nameCrashed, "the eye crashed (SIGABRT, on which Go ends as it does on a panic)", sigAbort)
		},
		func() ([]claim.Result, error) { return s.attacks(h) },
		s.left,
	} {
		r, err := part()
		if err != nil {
			return nil, err
		}
		for _, r := range r {
			b.Say("machine: " + r.Figure)
			out = append(out, r)
		}
	}
	for i := range out {
		out[i].Command = command
		if out[i].Verdict == claim.Held {
			out[i].Why = ""
		}
	}
	return out, nil
}

// missing says of each that it could not be shown.
func missing(why error, h Hostile) (out []claim.Result) {
	for _, name := range []string{namePlanted, nameDropped, nameRunning, nameStopped, nameKilled, nameCrashed, nameConfined, nameAttacks, nameRows, nameWords} {
		if name == nameAttacks && h.Folder == "" {
			continue
		}
		out = append(out, claim.Result{Promises: promises(name), Name: name, Verdict: claim.NotShown,
			Measured: "the memory of an emulated board, and the eye on its kernel", Why: why.Error(), Command: command})
	}
	return out
}

// promises are the numbers that a check speaks to.
func promises(name string) []int {
	switch name {
	case nameRunning, nameWords:
		return []int{30, 38}
	case nameConfined, nameAttacks:
		return []int{10, 31}
	case nameStopped, nameKilled, nameCrashed, nameRows:
		return []int{5, 30}
	}
	return []int{30}
}

// planted shows first that the search finds a frame which is there, and that memory given back is
// emptied by the kernel.
func (s *session) planted() ([]claim.Result, error) {
	if _, err := s.tell("hold"); err != nil {
		return nil, err
	}
	f, err := s.search()
	if err != nil {
		return nil, err
	}
	want := pieces.Whole(frameBytes)
	s.control = f.RowHits >= want && len(f.Frames) == 1
	held := claim.Result{Promises: promises(namePlanted), Name: namePlanted, Verdict: claim.Judge(s.control),
		Measured: "the control: a program copied one frame and kept it, and the search of all memory finds it",
		Figure:   fmt.Sprintf("%s; a whole frame has %d within its pages", f, want),
		Why:      "at least those, of one frame"}
	if _, err := s.tell("drop"); err != nil {
		return nil, err
	}
	if f, err = s.search(); err != nil {
		return nil, err
	}
	return []claim.Result{held, s.none(nameDropped, "that program was killed and wiped nothing; the kernel empties what it gets back (init_on_free=1)", f)}, nil
}

// none is the verdict of a search that must find nothing at all; it holds only if the control was
// found.
func (s *session) none(name, measured string, f found) claim.Result {
	s.ends++
	s.rows += f.RowHits
	if f.WordHits >= s.worst.WordHits {
		s.worst = f
	}
	return claim.Result{Promises: promises(name), Name: name,
		Measured: "all memory of the board, kernel included: " + measured,
		Figure:   f.String(), Verdict: claim.Judge(f.Hits() == 0 && s.control),
		Why: "nothing found, by a search that finds a planted frame; words of a few bytes are left by the kernel: its workers copy what comes " +
			"over USB, and an interrupt keeps their registers on their stacks"}
}

// left parts what none found. The kernel's own workers copy what comes over USB to the driver's
// buffers. An interrupt that comes while they ask for more keeps their registers on their stacks,
// and nobody wipes those: no program can, the eye as little as the warden. They are overwritten when
// that worker is interrupted at the same depth again. So single words may stay, and rows must not.
func (s *session) left() ([]claim.Result, error) {
	rows := claim.Result{Promises: promises(nameRows), Name: nameRows,
		Measured: fmt.Sprintf("pieces of a frame longer than %d bytes, which is more than registers hold, in all memory of the board, kernel included", pieces.WordBytes),
		Figure:   fmt.Sprintf("%d windows of 8 bytes in such pieces, in %d searches", s.rows, s.ends),
		Verdict:  claim.Judge(s.rows == 0 && s.control && s.wrong == ""),
		Why:      "none, after ends that were as they should be; " + s.wrong}
	f := s.worst
	words := claim.Result{Promises: promises(nameWords), Name: nameWords,
		Measured: fmt.Sprintf("pieces of a frame of %d bytes and less, the most that one search found: a risk that remains", pieces.WordBytes),
		Figure:   fmt.Sprintf("%d windows of 8 bytes in %d words of at most %d bytes", f.WordHits, f.Words, f.Longest),
		Verdict:  claim.Judge(f.WordHits <= pieces.MaxWords && s.control),
		Why:      fmt.Sprintf("at most %d windows: %d transfers at once, %d bytes of registers each", pieces.MaxWords, pieces.Transfers, pieces.WordBytes)}
	return []claim.Result{rows, words}, nil
}
