package try

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"tellijn/tools/fieldkit/command"
)

func TestCalls(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "card.img")
	if err := os.WriteFile(empty, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		usage bool
	}{
		{nil, true},
		{[]string{"a.img", "b.img"}, true},
		{[]string{"-at", "noon", "a.img"}, true},
		{[]string{"-nonsense", "a.img"}, true},
		{[]string{filepath.Join(t.TempDir(), "none.img")}, false},
		{[]string{empty}, false},
		{[]string{"-log", "/nowhere/log", empty}, false},
	} {
		err := Command().Run(t.Context(), c.args, io.Discard, io.Discard)
		if err == nil || errors.Is(err, command.ErrUsage) != c.usage {
			t.Errorf("%q: %v", c.args, err)
		}
	}
}

func TestMilestones(t *testing.T) {
	for _, c := range []struct {
		line    string
		verbose bool
		want    string
	}{
		{"[    4.500000] tellijn: first: Loaded   data", false, "   4.5 s  first: Loaded   data"},
		{"[    1.000000] usb 1-1: new", false, ""},
		{"[    1.000000] usb 1-1: new", true, "          [    1.000000] usb 1-1: new"},
		{"[    9.000000] reboot: Power down", false, "          [    9.000000] reboot: Power down"},
		{"[    9.000000] Kernel panic - not syncing", false, "          [    9.000000] Kernel panic - not syncing"},
		{"tellijn: not by the kernel", false, ""},
	} {
		got := ""
		o := options{verbose: c.verbose}
		o.milestone(c.line, func(format string, args ...any) { got = fmt.Sprintf(format, args...) })
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.line, got, c.want)
		}
	}
}
