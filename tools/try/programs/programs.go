// Package programs builds the programs of the firmware for a simulated board, and the collector, and
// starts and ends them. It needs the Go command and the source, no network and no rights, and knows
// nothing of what they say to each other.
package programs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// folders of the programs, whose last part is the name of the program.
func folders() []string {
	return []string{"./firmware/eye", "./firmware/courier", "./firmware/dialer", "./firmware/warden", "./tools/collector"}
}

// Build builds the programs into dir and says what it does.
func Build(ctx context.Context, dir string, say func(string)) error {
	root, err := root(ctx)
	if err != nil {
		return err
	}
	say("Building the programs; the first time takes about a minute.")
	// The same flags as for a board, so that the same source gives the same bytes.
	args := []string{"build", "-tags", "sim", "-trimpath", "-buildvcs=false", "-o", dir + string(filepath.Separator)}
	cmd := exec.CommandContext(ctx, "go", append(args, folders()...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	return nil
}

// root is the folder of the source.
func root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "tellijn").Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", fmt.Errorf("the Go command is not found; install Go from https://go.dev/dl/ and try again")
	}
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		return "", fmt.Errorf("this is not the source of Tellijn; change to its folder and run: go run ./tools/try")
	}
	return dir, nil
}

// Find gives the path of a program of this computer, "" if there is none. It looks where Debian puts
// services too, which is not in everybody's path.
func Find(name string) string {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin") {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); dir != "" && err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}
