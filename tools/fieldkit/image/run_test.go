package image

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/fieldkit/command"
	"tellijn/tools/fieldkit/source"
)

// TestCalledWrongly calls the subcommand in ways that make no sense.
func TestCalledWrongly(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"", "want -board NAME"},
		{"-bord virt", "-bord"},
		{"-board virt extra.img", "want -board NAME"},
		{"-board virt -url https://example.org", "want -board NAME"},
		{"-board virt -date 2026-11-22", "want -board NAME"},
		{"-os-list a.json", "-os-list wants -url"},
		{"-os-list a.json -url https://example.org x.img", "-os-list wants -url, -date"},
		{"-os-list a.json -url https://example.org -date 2026-11-22", "and images"},
		{"-os-list a.json -url https://example.org -date 2026-11-22 -board virt x.img", "no -board"},
	} {
		var out, said bytes.Buffer
		err := Command().Run(t.Context(), strings.Fields(c.args), &out, &said)
		if !errors.Is(err, command.ErrUsage) || !strings.Contains(err.Error(), c.says) || out.Len()+said.Len() > 0 {
			t.Errorf("%q: %v, printed %q %q", c.args, err, &out, &said)
		}
	}
}

// TestCommand makes the image of the virtual board as somebody would, and then a list with it, which has to
// be refused.
func TestCommand(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("the race detector makes it too long, as it is with -short")
	}
	path := filepath.Join(t.TempDir(), "card.img")
	var out, said bytes.Buffer
	if err := Command().Run(t.Context(), []string{"-board", "virt", "-o", path}, &out, &said); errors.Is(err, source.ErrAbsent) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(out.String())
	if len(words) != 3 || words[0] != "sha256" || len(words[1]) != 64 || words[2] != path || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("printed %q, want sha256, the sum and the path", &out)
	}
	for _, want := range []string{"kernel", "programs", "reading it back"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("progress %q without %q", &said, want)
		}
	}
	list := filepath.Join(t.TempDir(), "os_list.json")
	err := Command().Run(t.Context(), []string{"-os-list", list, "-url", "https://example.org", "-date", "2026-11-22", path}, &out, &said)
	if err == nil || !strings.Contains(err.Error(), "which Raspberry Pi Imager does not know") {
		t.Error(err)
	}
	if _, err := os.Stat(list); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a list was written: %v", err)
	}
}
