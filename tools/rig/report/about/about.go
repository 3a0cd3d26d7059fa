// Package about finds out what a run of the bench stands on: the version of the source, of Go, of the emulator and
// of the kernel in each image, and the computer. What cannot be found out is said to be unknown. It is for the rig,
// outside the data path.
package about

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"tellijn/boards/recipe"
	"tellijn/tools/rig/play"
)

// About says where and when a run was, and of what.
type About struct {
	Bench   string    `json:"bench"` // "virtual" or "real"
	When    time.Time `json:"when"`
	Took    float64   `json:"took"`    // seconds
	Command string    `json:"command"` // that was run
	// Commit is that of the source tree, Changed that files differ from it. "" is unknown.
	Commit  string `json:"commit"`
	Changed bool   `json:"changed,omitempty"`
	Go      string `json:"go"`
	QEMU    string `json:"qemu,omitempty"`
	Host    string `json:"host"` // system, processors
	// Images are all that were tested, by board.
	Images []Image `json:"images"`
	// Missed is how many scenarios were chosen and not reached.
	Missed int `json:"missed,omitempty"`
}

// Image is one that was tested.
type Image struct {
	Board  string `json:"board"`
	SHA256 string `json:"sha256"`
	Kernel string `json:"kernel"` // module and version
	Used   int    `json:"used"`   // by so many scenarios
}

// Begin finds it out when a run begins: images are made of the source as it is then. root is the source tree.
func Begin(ctx context.Context, bench, root, command string) About {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	a := About{Bench: bench, When: time.Now(), Command: command, Go: runtime.Version(),
		Host: fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())}
	a.Commit = ask(ctx, root, "git", "rev-parse", "HEAD")
	a.Changed = a.Commit != "" && ask(ctx, root, "git", "status", "--porcelain", "-uno") != ""
	if kernel := ask(ctx, root, "uname", "-sr"); kernel != "" {
		a.Host += ", " + kernel
	}
	if bench == "virtual" {
		a.QEMU = ask(ctx, root, "qemu-system-aarch64", "--version")
	}
	return a
}

// End adds what is known when a run of so many chosen scenarios has ended.
func (a *About) End(results []play.Result, chosen int) {
	a.Took, a.Images, a.Missed = time.Since(a.When).Seconds(), images(results), chosen-len(results)
	a.When = a.When.UTC()
}

// images are those that results name, each once.
func images(results []play.Result) (all []Image) {
	for _, r := range results {
		if r.Image == "" {
			continue
		}
		i := slices.IndexFunc(all, func(m Image) bool { return m.Board == r.Scenario.Board && m.SHA256 == r.Image })
		if i < 0 {
			m := Image{Board: r.Scenario.Board, SHA256: r.Image, Kernel: "unknown"}
			if k, err := recipe.Lookup(r.Scenario.Board); err == nil {
				m.Kernel = k.Kernel.Module + " " + k.Kernel.Version
			}
			i, all = len(all), append(all, m)
		}
		all[i].Used++
	}
	slices.SortFunc(all, func(a, b Image) int { return strings.Compare(a.Board+a.SHA256, b.Board+b.SHA256) })
	return all
}

// ask gives the first line that a program says; "" if there is no such program, or it fails.
func ask(ctx context.Context, dir, name string, args ...string) string {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	out, err := c.Output()
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return first
}
