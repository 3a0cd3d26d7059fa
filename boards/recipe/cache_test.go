package recipe

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tellijn/boards"
)

// cached gives the folder of a module in the cache of this machine. The test is skipped if it was never
// fetched: fetching is for whoever makes an image.
func cached(t *testing.T, module, version string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("no go command: ", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), filepath.FromSlash(module)+"@"+version)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s %s is not in the cache of modules", module, version)
	}
	return dir
}

// TestSums holds the sums against those that the go command wrote when it fetched the modules.
func TestSums(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		for _, m := range [][3]string{{r.Kernel.Module, r.Kernel.Version, r.Kernel.Sum}, {r.Blobs.Module, r.Blobs.Version, r.Blobs.Sum}} {
			if m[0] == "" {
				continue
			}
			cached(t, m[0], m[1])
			out, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
			if err != nil {
				t.Fatal(err)
			}
			sum, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "cache/download", m[0], "@v", m[1]+".ziphash"))
			if err != nil {
				t.Skip(err)
			}
			if strings.TrimSpace(string(sum)) != m[2] {
				t.Errorf("%s: %s is %s in the recipe and %s in the cache", r.Board, m[0], m[2], sum)
			}
		}
	}
}

// TestFilesAreThere looks in the modules for every file of every recipe.
func TestFilesAreThere(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		k := cached(t, r.Kernel.Module, r.Kernel.Version)
		for _, p := range slices.Concat([]string{r.Kernel.Image}, r.Kernel.DeviceTrees, r.Kernel.Overlays, r.Kernel.Modules) {
			if _, err := os.Stat(filepath.Join(k, p)); err != nil {
				t.Errorf("%s: %v", r.Board, err)
			}
		}
		if r.Blobs.Module != "" {
			b := cached(t, r.Blobs.Module, r.Blobs.Version)
			for _, p := range slices.Concat(r.Blobs.Start, r.Blobs.Slot) {
				if _, err := os.Stat(filepath.Join(b, p)); err != nil {
					t.Errorf("%s: %v", r.Board, err)
				}
			}
		}
	}
}

// TestTrees looks into the device trees: they are of this computer, and have the lines that [parts] names.
func TestTrees(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		b, err := boards.Lookup(r.Board)
		if err != nil {
			t.Fatal(err)
		}
		dir := cached(t, r.Kernel.Module, r.Kernel.Version)
		seen := map[string]bool{}
		for _, p := range r.Kernel.DeviceTrees {
			tree, err := os.ReadFile(filepath.Join(dir, p))
			if err != nil {
				t.Fatal(err)
			}
			own := 0
			for _, c := range b.Compatible {
				if bytes.Contains(tree, []byte(c+"\x00")) {
					seen[c] = true
					own++
				}
			}
			if own == 0 {
				t.Errorf("%s: %s is of another computer than %q", r.Board, p, b.Compatible)
			}
			for _, l := range b.Parts.Lines() {
				if l.Line != "" && !bytes.Contains(tree, []byte("\x00"+l.Line+"\x00")) {
					t.Errorf("%s: %s has no line %s", r.Board, p, l.Line)
				}
			}
		}
		for _, c := range b.Compatible {
			if !seen[c] && b.Kind == boards.Real {
				t.Errorf("%s: no device tree for %s", r.Board, c)
			}
		}
	}
}

// TestModulesInOrder holds the order of loading against what the modules say they need.
func TestModulesInOrder(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		dir := cached(t, r.Kernel.Module, r.Kernel.Version)
		var loaded []string
		for _, m := range r.Kernel.Modules {
			root, own, ok := strings.Cut(m, "/kernel/")
			if !ok {
				t.Fatalf("%s: %s", r.Board, m)
			}
			deps, err := os.ReadFile(filepath.Join(dir, root, "modules.dep"))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for line := range strings.Lines(string(deps)) {
				name, needs, _ := strings.Cut(line, ":")
				if name != "kernel/"+own {
					continue
				}
				found = true
				for _, n := range strings.Fields(needs) {
					if !slices.Contains(loaded, n) {
						t.Errorf("%s: %s is loaded before %s", r.Board, m, n)
					}
				}
			}
			if !found {
				t.Errorf("%s: nothing is known of %s", r.Board, m)
			}
			loaded = append(loaded, "kernel/"+own)
		}
	}
}
