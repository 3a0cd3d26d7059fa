package about

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/play"
)

func result(board, image string) play.Result {
	return play.Result{Scenario: play.Scenario{Board: board}, Image: image}
}

func TestAbout(t *testing.T) {
	a := Begin(t.Context(), "virtual", "../../../..", "go run ./tools/rig all")
	a.When = a.When.Add(-time.Minute)
	a.End([]play.Result{result("virt", "aa")}, 3)
	if a.Bench != "virtual" || a.Took < 60 || a.Took > 300 || !strings.HasPrefix(a.Go, "go") || !strings.Contains(a.Host, "processors") || a.Command == "" || a.Missed != 2 || len(a.Images) != 1 {
		t.Errorf("%+v", a)
	}
	if a.Commit != "" && len(a.Commit) != 40 {
		t.Errorf("commit %q", a.Commit)
	}
	// Where there is no version control and no emulator, nothing is made up.
	t.Setenv("PATH", t.TempDir())
	a = Begin(t.Context(), "virtual", t.TempDir(), "")
	if a.Commit != "" || a.Changed || a.QEMU != "" {
		t.Errorf("made up: %+v", a)
	}
}

// TestImages has each image once, with how many scenarios it was in.
func TestImages(t *testing.T) {
	got := images([]play.Result{result("virt", "bb"), result("rpi-zero-2w", "aa"), result("virt", "bb"), result("virt", ""), result("virt", "cc"), result("none", "dd")})
	var said []string
	for _, i := range got {
		said = append(said, i.Board+" "+i.SHA256+" "+strings.Repeat("x", i.Used))
		if (i.Kernel == "unknown") != (i.Board == "none") || i.Kernel != "unknown" && !strings.Contains(i.Kernel, "kernel") {
			t.Errorf("%s: kernel %q", i.Board, i.Kernel)
		}
	}
	if want := []string{"none dd x", "rpi-zero-2w aa x", "virt bb xx", "virt cc x"}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}
