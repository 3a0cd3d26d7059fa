package static

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
)

// maxProgram is how large the eye may be, in bytes.
const maxProgram = 4 << 20

// built judges the program of the eye for a 64-bit board: its size as it is shipped, and the symbols
// of the same program linked with its symbols kept.
func built(ctx context.Context, b *bench.Bench) ([]claim.Result, error) {
	shipped, err := b.Program(ctx, "firmware/eye", "arm64", "")
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(shipped)
	if err != nil {
		return nil, err
	}
	named := filepath.Join(b.Dir, "eye-arm64-symbols")
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", named, "./firmware/eye")
	c.Dir = b.Root
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS=linux", "GOARCH=arm64")
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("static: building the eye: %w\n%s", err, out)
	}
	names, dynamic, err := symbols(named)
	if err != nil {
		return nil, err
	}
	var wrong []string
	if info.Size() >= maxProgram {
		wrong = append(wrong, fmt.Sprintf("%d bytes, want less than %d", info.Size(), maxProgram))
	}
	size := judged("Size of the eye's program", "the program of the eye for a 64-bit board, as it is shipped",
		fmt.Sprintf("%.2f MB, at most %.0f", float64(info.Size())/1e6, float64(maxProgram)/(1<<20)), wrong, 31)
	return []claim.Result{size, judged("Networks and picture makers in the eye's program file", "the program of the eye for a 64-bit board has no symbol of networks, TLS, other programs, or makers of pictures, and loads no library",
		fmt.Sprintf("%d forbidden among %d symbols, %d libraries", len(forbidden(names)), len(names), len(dynamic)), append(forbidden(names), dynamic...), 31, 53, 64)}, nil
}

// symbols gives the names in a program, and the libraries that it loads.
func symbols(path string) (names, libraries []string, err error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("static: %w", err)
	}
	defer f.Close()
	list, err := f.Symbols()
	if err != nil {
		return nil, nil, fmt.Errorf("static: symbols of %s: %w", path, err)
	}
	for _, s := range list {
		names = append(names, s.Name)
	}
	libraries, err = f.ImportedLibraries()
	return names, libraries, err
}

// forbidden gives the names of code that the eye must not have.
func forbidden(names []string) (found []string) {
	for _, n := range names {
		bare := strings.TrimLeft(n, "type:.q*(")
		if slices.ContainsFunc([]string{"net.", "net/", "crypto/tls.", "image.", "image/", "os/exec.", "plugin.", "golang.org/x/net/"},
			func(p string) bool { return strings.HasPrefix(bare, p) || strings.HasPrefix(n, p) }) {
			found = append(found, n)
		}
	}
	return found
}
