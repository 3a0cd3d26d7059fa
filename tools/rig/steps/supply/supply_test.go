package supply_test

import (
	"fmt"
	"strings"
	"testing"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/hear"
	"tellijn/tools/rig/steps/supply"
)

// rig has a switch, and a camera that played some frames.
type rig struct {
	bench.Rig
	state  string
	err    error
	played int
}

func (r *rig) Console() bench.Console { return hear.New(&strings.Builder{}) }
func (r *rig) Parts() bench.Parts     { return parts{r: r} }
func (r *rig) Camera() bench.Camera   { return camera{r: r} }

type parts struct {
	bench.Parts
	r *rig
}

func (p parts) Switch(state string) error {
	p.r.state = state
	return p.r.err
}

type camera struct {
	bench.Camera
	r *rig
}

func (c camera) Played() int { return c.r.played }

func do(t *testing.T, r *rig, pattern string) (said string, err error) {
	t.Helper()
	for _, step := range supply.Steps() {
		if step.Pattern == pattern {
			_, err := step.Do(t.Context(), &bench.Scene{Rig: r, Say: func(f string, a ...any) { said += fmt.Sprintf(f, a...) }}, bench.Args{})
			return said, err
		}
	}
	t.Fatalf("no step %q", pattern)
	return "", nil
}

func TestSwitch(t *testing.T) {
	for pattern, want := range map[string]string{"weld the camera's switch": "welded", "break the camera's switch": "broken", "mend the camera's switch": "works"} {
		r := &rig{}
		said, err := do(t, r, pattern)
		if r.state != want || err != nil || strings.HasPrefix(said, bench.Fault) != (want != "works") {
			t.Errorf("%s: %q, said %q, %v", pattern, r.state, said, err)
		}
		r.err = bench.ErrCannot
		if _, err := do(t, r, pattern); err == nil {
			t.Errorf("%s on a bench that cannot", pattern)
		}
	}
}

func TestFrames(t *testing.T) {
	const pattern = "check the board never got a frame"
	if _, err := do(t, &rig{}, pattern); err != nil {
		t.Error(err)
	}
	if _, err := do(t, &rig{played: 1}, pattern); err == nil {
		t.Error("a frame was played")
	}
}
