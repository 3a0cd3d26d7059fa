package lines

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/tools/rig/real/realtest"
)

func TestMCP(t *testing.T) {
	d := &realtest.MCP{TB: t}
	d.Drive(0, true)
	a, err := NewMCP(d, []string{"GP0", "GP2"}, []string{"GP3"})
	if err != nil {
		t.Fatal(err)
	}
	levels := func(want string) {
		t.Helper()
		got, err := a.Levels()
		if s := fmt.Sprint(got); err != nil || s != want {
			t.Errorf("%s, %v, want %s", s, err, want)
		}
	}
	levels("map[GP0:true GP2:false]")
	d.Drive(0, false)
	d.Drive(2, true)
	levels("map[GP0:false GP2:true]")
	for _, high := range []bool{true, false, true} {
		if err := a.Set("GP3", high); err != nil || d.High(3) != high {
			t.Errorf("GP3 is %v, want %v; %v", d.High(3), high, err)
		}
	}
	d.Drive(1, true) // of which nobody knows: it is an input
	levels("map[GP0:false GP2:true]")
	for _, name := range []string{"GP0", "GP1", "GP4", ""} {
		if err := a.Set(name, true); !errors.Is(err, ErrNoLine) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := a.Close(); err != nil || d.High(3) {
		t.Errorf("it was closed, and GP3 is %v; %v", d.High(3), err)
	}
}

func TestMCPFails(t *testing.T) {
	for _, names := range [][]string{{"GP4"}, {"0"}} {
		if _, err := NewMCP(&realtest.MCP{TB: t}, names, nil); !errors.Is(err, ErrNoLine) {
			t.Error(names, err)
		}
		if _, err := NewMCP(&realtest.MCP{TB: t}, nil, names); !errors.Is(err, ErrNoLine) {
			t.Error(names, err)
		}
	}
	if _, err := NewMCP(&realtest.MCP{TB: t, Silent: true}, nil, nil); err == nil {
		t.Error("one that does not answer")
	}
	d := &realtest.MCP{TB: t}
	a, err := NewMCP(d, []string{"GP0"}, []string{"GP1"})
	if err != nil {
		t.Fatal(err)
	}
	d.Falls()
	if got, err := a.Levels(); err == nil || !strings.Contains(err.Error(), "lost its power") {
		t.Errorf("%v, %v", got, err)
	}
	if err := a.Set("GP1", true); err == nil {
		t.Error("an output that is none any more was set")
	}
	d.Silent = true
	if _, err := a.Levels(); err == nil {
		t.Error("one that is gone")
	}
	blind := &realtest.MCP{TB: t}
	if a, err = NewMCP(blind, []string{"GP0"}, nil); err != nil {
		t.Fatal(err)
	}
	blind.Falls()
	if got, err := a.Levels(); err == nil {
		t.Errorf("an input that is none any more is %v", got)
	}
	// Answers that are none.
	for _, answer := range [][]byte{make([]byte, 64), append([]byte{0x60, 1}, make([]byte, 62)...), {0x60, 0}} {
		if _, err := NewMCP(scripted{answer}, nil, nil); err == nil {
			t.Errorf("%x was taken", answer)
		}
	}
}

// scripted gives the same answer to everything.
type scripted struct{ answer []byte }

func (s scripted) Write(b []byte) (int, error) { return len(b), nil }
func (s scripted) Read(b []byte) (int, error)  { return copy(b, s.answer), nil }
func (s scripted) Close() error                { return nil }

func TestFollow(t *testing.T) {
	d := &realtest.MCP{TB: t}
	a, err := NewMCP(d, []string{"GP0", "GP1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var seen []string
	d.Drive(1, true)
	f := Follow(map[string]Adapter{"a": a}, func(line string, high bool) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, fmt.Sprint(line, high))
	})
	await := func(line string, high bool) {
		t.Helper()
		if err := f.Await(line, high, 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	await("a/GP1", true)
	await("a/GP0", false)
	d.Drive(0, true)
	await("a/GP0", true)
	d.Drive(1, false)
	await("a/GP1", false)
	if high, err := f.High("a/GP0"); !high || err != nil {
		t.Error(high, err)
	}
	if err := f.Await("a/GP1", true, time.Millisecond); err == nil || !strings.Contains(err.Error(), "not high") {
		t.Error(err)
	}
	d.Falls()
	if err := f.Await("a/GP1", true, 5*time.Second); err == nil || !strings.Contains(err.Error(), `adapter "a"`) {
		t.Error("an adapter that failed: ", err)
	}
	if err := f.Close(); err == nil {
		t.Error("it ended before, and nobody says why")
	}
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"a/GP1true", "a/GP0true", "a/GP1false"}; !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
}

func TestOpen(t *testing.T) {
	if _, err := Open(MCP, "/dev/hidraw-of-nobody", []string{"GP0"}, nil); !errors.Is(err, hal.ErrAbsent) {
		t.Error(err)
	}
	if _, err := Open(MCP, "/dev/null", []string{"GP0"}, nil); err == nil || errors.Is(err, hal.ErrAbsent) {
		t.Error("no adapter at all was opened: ", err)
	}
	if _, err := Open(Chip, "/dev/gpiochip-of-nobody", []string{"4"}, nil); !errors.Is(err, hal.ErrAbsent) {
		t.Error(err)
	}
	if _, err := Open("pico", "/dev/null", nil, nil); err == nil || !strings.Contains(err.Error(), `kind "pico"`) {
		t.Error(err)
	}
	if _, err := Open(MCP, "/dev/null", []string{"GP0"}, []string{"GP0"}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Error(err)
	}
}
