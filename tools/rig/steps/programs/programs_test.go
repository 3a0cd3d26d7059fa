package programs_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"tellijn/privacy/devicelog"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/bench/benchtest"
	"tellijn/tools/rig/protocol"
	"tellijn/tools/rig/steps/programs"
)

// machine notes what is done to it.
type machine struct {
	bench.Machine
	crashed []string
	hung    bool
	bites   int
	err     error
	then    func() // what the board does after a crash
}

func (m *machine) Crash(_ context.Context, name string) error {
	m.crashed = append(m.crashed, name)
	if m.then != nil {
		m.then()
	}
	return m.err
}

func (m *machine) Hang() error {
	m.hung = true
	return m.err
}

func (m *machine) Resets() int {
	if m.hung {
		m.bites++
	}
	return m.bites
}

// board gives one on which a sentence can be tried.
func board(t *testing.T) (*benchtest.Rig, *machine, func(line string) (string, error)) {
	t.Helper()
	book, err := protocol.NewBook(programs.Steps())
	if err != nil {
		t.Fatal(err)
	}
	r, m := benchtest.New(), &machine{}
	r.TheMachine = m
	s := &bench.Scene{Rig: r, Keep: map[string]any{}, Say: func(string, ...any) {}}
	return r, m, func(line string) (string, error) {
		step, args, err := book.Find(line)
		if err != nil {
			t.Fatal(err)
		}
		return step.Do(t.Context(), s, args)
	}
}

func TestCrash(t *testing.T) {
	r, m, do := board(t)
	r.Says("works")
	if _, err := do("crash the eye"); err != nil || !slices.Equal(m.crashed, []string{"eye"}) {
		t.Errorf("%q, %v", m.crashed, err)
	}
	const three = `crash the courier 3 times, each when the console says "works" again within 100 ms`
	if _, err := do(three); err == nil || len(m.crashed) != 2 { // what it said before does not count
		t.Errorf("%q, %v", m.crashed, err)
	}
	m.then = func() { r.Says("works") }
	if saw, err := do(three); err != nil || saw != "3 crashes" || len(m.crashed) != 5 {
		t.Errorf("%q, %q, %v", saw, m.crashed, err)
	}
	m.err = errors.New("it did not come by")
	if saw, err := do(three); !errors.Is(err, m.err) || saw != "0 crashes" {
		t.Errorf("%q, %v", saw, err)
	}
}

func TestHang(t *testing.T) {
	_, m, do := board(t)
	if _, err := do("the watchdog resets the board within 1 s"); err == nil {
		t.Error("nobody made it hang")
	}
	if _, err := do("check the watchdog bit 0 times"); err != nil {
		t.Error(err)
	}
	if _, err := do("hang the kernel"); err != nil || !m.hung {
		t.Error(err)
	}
	if _, err := do("the watchdog resets the board within 5 s"); err != nil {
		t.Error(err)
	}
	m.hung = false
	if _, err := do("check the watchdog bit 0 times"); err == nil {
		t.Error("it bit")
	}
	m.bites = 0
	if _, err := do("hang the kernel"); err != nil {
		t.Error(err)
	}
	m.hung = false
	if _, err := do("the watchdog resets the board within 200 ms"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no watchdog: %v", err)
	}
}

func TestLogged(t *testing.T) {
	r, _, do := board(t)
	end := devicelog.Entry{Kind: devicelog.EyeEnded, A: -1, B: 11}
	r.Sends(nil, []devicelog.Entry{end})
	const twice = `the log says "the eye ended by signal 11" 2 times within 100 ms`
	if saw, err := do(twice); !errors.Is(err, context.DeadlineExceeded) || saw != "1 entries" {
		t.Errorf("%q, %v", saw, err)
	}
	r.Sends(nil, []devicelog.Entry{end})
	if saw, err := do(twice); err != nil || strings.Count(saw, "signal 11") != 2 {
		t.Errorf("%q, %v", saw, err)
	}
}
