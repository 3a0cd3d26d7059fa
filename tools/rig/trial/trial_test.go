package trial

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/hear"
)

// TestListen hears a machine to its end; tools/rig/hear has the rest.
func TestListen(t *testing.T) {
	lines := make(chan string, 10)
	var out strings.Builder
	said := make(chan string, 10)
	c := listen(lines, &out, func(l string) { said <- l })
	lines <- "[    2.350000] Run /init as init process\r"
	if l, err := c.Await(t.Context(), 0, `Run`, 5*time.Second); err != nil || l != "[    2.350000] Run /init as init process" || <-said != l {
		t.Errorf("%q, %v", l, err)
	}
	lines <- "[    5.100000] tellijn: first: memory: init 1 + eye 2 = 3 KiB"
	close(lines)
	if _, err := c.Await(t.Context(), 0, `never`, time.Minute); !errors.Is(err, hear.ErrSilent) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the end: %v", err)
	}
	if l, err := c.Await(t.Context(), 0, `memory: .* KiB`, 5*time.Second); err != nil || !strings.HasSuffix(l, "3 KiB") || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("%q, %v, %q", l, err, out.String())
	}
}

func TestStamp(t *testing.T) {
	for line, want := range map[string]time.Duration{"[    2.350000] x": 2350 * time.Millisecond, "[12345.6] x]": 12345600 * time.Millisecond, "x": -1, "[x] y": -1} {
		if d, ok := Stamp(line); ok != (want >= 0) || ok && d != want {
			t.Errorf("%q: %v, %v", line, d, ok)
		}
	}
}

func TestFigures(t *testing.T) {
	f := Figures{Counts: 8900 * time.Millisecond, Slot: 22 << 20, KiB: 40 << 10, Memory: "init 1", Records: 2, Coverage: []uint8{97, 99}, Drawn: 3}
	text := f.String()
	for _, want := range []string{"8.9 s", "22.0 MiB", "40.0 MiB (init 1 KiB)", "2, coverage [97 99] %", "0 backward in 3 frames"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
