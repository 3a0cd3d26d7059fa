package memory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/forensics"
)

// half stops the camera in the middle of a frame.
func half(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	h, _, err := open(s)
	if err != nil || h.search.Pool.Paused() {
		return "", err
	}
	if err := s.Rig.Camera().Fault("half", 1); err != nil {
		return "", err
	}
	ctx, stop := context.WithTimeout(ctx, 2*frameTime)
	defer stop()
	if err := h.search.Pool.Half(ctx); err != nil {
		return "", err
	}
	s.Say("%shalf of frame %d is with the board, and no more comes", bench.Fault, h.search.Pool.Begun())
	return fmt.Sprintf("frame %d", h.search.Pool.Begun()), nil
}

// tear pulls the cable when half of a frame is with the board.
func tear(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	h, _, err := open(s)
	if err != nil {
		return "", err
	}
	if _, err := half(ctx, s, bench.Args{}); err != nil {
		return "", err
	}
	s.Mark = s.Rig.Console().Mark()
	return fmt.Sprintf("in frame %d", h.search.Pool.Begun()), s.Rig.Camera().Cable(true)
}

// crash ends the eye. What it held is looked for while no other frame comes that could hide it.
func crash(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	h, _, err := open(s)
	if err != nil {
		return "", err
	}
	ctx, stop := context.WithTimeout(ctx, crashTime)
	defer stop()
	s.Mark = s.Rig.Console().Mark()
	err = s.Rig.Machine().Crash(ctx, "eye")
	h.search.Pool.Rest(true)
	s.Say("%sthe eye is struck, in frame %d", bench.Fault, h.search.Pool.Begun())
	return fmt.Sprintf("in frame %d", h.search.Pool.Begun()), err
}

// crashTime bounds how long the eye may take to come by.
const crashTime = time.Minute

func again(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	h, _, err := open(s)
	if err != nil {
		return "", err
	}
	s.Mark = s.Rig.Console().Mark()
	h.search.Pool.Rest(false)
	return "", nil
}

// ends says what a machine does when it is switched off or reset. (QEMU, qapi/run-state.json, set-action)
func ends(b forensics.Board) error {
	_, err := b.Ask("set-action", map[string]any{"shutdown": "pause", "reboot": "reset"})
	return err
}

func machine(s *bench.Scene) (forensics.Board, error) {
	_, in, err := open(s)
	if err != nil {
		return nil, err
	}
	return in.Board()
}

func linger(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	b, err := machine(s)
	if err != nil {
		return "", err
	}
	return "", ends(b)
}

// States of a machine. (QEMU, qapi/run-state.json, RunState)
const (
	running = "running"
	off     = "shutdown"  // it switched itself off, and stands still
	fresh   = "prelaunch" // it was reset while it stood still
)

// is asks for the state of a machine.
func is(b forensics.Board) (string, error) {
	answer, err := b.Ask("query-status", nil)
	if err != nil {
		return "", err
	}
	var now struct{ Status string }
	if err := json.Unmarshal(answer, &now); err != nil || now.Status == "" {
		return "", fmt.Errorf("memory: the monitor says %q: %v", answer, err)
	}
	return now.Status, nil
}

// until waits for a state of a machine.
func until(ctx context.Context, b forensics.Board, want string, d time.Duration) error {
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	for {
		now, err := is(b)
		if err != nil || now == want {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("memory: the machine is %q, want %q: %w", now, want, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func still(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
	b, err := machine(s)
	if err != nil {
		return "", err
	}
	return "", until(ctx, b, off, a.Durations[0])
}

func reset(ctx context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	b, err := machine(s)
	if err != nil {
		return "", err
	}
	was, err := is(b)
	if err != nil {
		return "", err
	}
	if err := errors.Join(b.Stop(), ends(b)); err != nil {
		return "", err
	}
	s.Mark = s.Rig.Console().Mark()
	s.Say("%sthe board is reset", bench.Fault)
	if _, err := b.Ask("system_reset", nil); err != nil {
		return "", err
	}
	return "it was " + was, until(ctx, b, fresh, 30*time.Second)
}

// goOn also lets go of the button: its line reads as held after a reset, until somebody moves it.
func goOn(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
	b, err := machine(s)
	if err != nil {
		return "", err
	}
	s.Mark = s.Rig.Console().Mark()
	return "", errors.Join(b.Cont(), s.Rig.Hold(time.Millisecond))
}
