package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// compiled gives the machine code of the functions that match, for one processor, by function.
func compiled(t *testing.T, arch, functions string) map[string][]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cycle")
	c := exec.Command("go", "build", "-trimpath", "-o", path, ".")
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	var said bytes.Buffer
	c = exec.Command("go", "tool", "objdump", "-s", functions, path)
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go tool objdump: %v\n%s", err, said.Bytes())
	}
	code, name := map[string][]string{}, ""
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "TEXT "); ok {
			name, _, _ = strings.Cut(rest, "(SB)")
		} else if f := strings.Fields(line); len(f) > 3 {
			code[name] = append(code[name], strings.Join(f[3:], " "))
		}
	}
	return code
}

// No function that has pixels in its hands calls what moves memory, also not where the source shows
// no copy but the compiler makes one; and on arm64, where all boards are, none touches a wide
// register. tools/rules looks at the source for the same.
func TestNothingMovesPixels(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs: not with -short")
	}
	mover := regexp.MustCompile(`\bruntime\.(memmove|typedmemmove|duffcopy|growslice|slicebytetostring|stringtoslicebyte|concat\w*)\b`)
	wide := regexp.MustCompile(`\b[VFQ]([0-9]|[12][0-9]|3[01])\b`)
	for _, arch := range []string{"amd64", "arm64"} {
		pixels := compiled(t, arch, `^tellijn/counting/(luma|grid)[./]`)
		calls := func(code map[string][]string, what *regexp.Regexp) (found []string) {
			for name, lines := range code {
				for _, line := range lines {
					if what.MatchString(line) {
						found = append(found, name+": "+line)
					}
				}
			}
			return found
		}
		if len(pixels) < 20 || pixels["tellijn/counting/luma.eights"] == nil {
			t.Errorf("%s: only %d functions of luma and grid were found: this test tests nothing", arch, len(pixels))
		}
		for _, at := range calls(pixels, mover) {
			t.Errorf("%s: %s", arch, at)
		}
		others := compiled(t, arch, `^(fmt|strconv|internal/strconv)\.`)
		if len(calls(others, mover)) == 0 {
			t.Errorf("%s: not even fmt moves memory: this test tests nothing", arch)
		}
		if arch != "arm64" {
			continue
		}
		if len(calls(others, wide)) == 0 {
			t.Error("not even fmt has wide registers: this test tests nothing")
		}
		for _, at := range calls(pixels, wide) {
			t.Errorf("%s: %s", arch, at)
		}
		t.Logf("%d functions of luma and grid, no bulk move, no wide register on arm64", len(pixels))
	}
}
