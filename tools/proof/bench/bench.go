// Package bench is what the checks of the proof share: the folder of the source, a folder for what
// they make, and the built programs. It builds each program once. It stands outside the data path.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Bench is one run. Use New, and Close at the end.
type Bench struct {
	// Root is the folder of the source.
	Root string
	// Dir is a folder for what the checks make; it goes with Close.
	Dir string
	// Say shows one line of progress.
	Say func(string)

	mu    sync.Mutex
	built map[string]*program
}

// program is a build that may still be running.
type program struct {
	done chan struct{}
	path string
	err  error
}

// New finds the source and makes the folder.
func New(ctx context.Context, say func(string)) (*Bench, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "tellijn").Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("the Go command is not found; install Go from https://go.dev/dl/")
	}
	root := strings.TrimSpace(string(out))
	if err != nil || root == "" {
		return nil, fmt.Errorf("this is not the source of Tellijn; change to its folder first")
	}
	dir, err := os.MkdirTemp("", "tellijn-proof-")
	if err != nil {
		return nil, err
	}
	if say == nil {
		say = func(string) {}
	}
	return &Bench{Root: root, Dir: dir, Say: say, built: map[string]*program{}}, nil
}

// Close removes the folder.
func (b *Bench) Close() { os.RemoveAll(b.Dir) }

// Program builds the package in folder, such as "firmware/eye", for a machine, "" for this one, with
// build tags, and gives the path of the program. The flags are those of a board.
func (b *Bench) Program(ctx context.Context, folder, arch, tags string) (string, error) {
	key := filepath.Base(folder) + "-" + arch + "-" + strings.ReplaceAll(tags, ",", "-")
	b.mu.Lock()
	p, ok := b.built[key]
	if !ok {
		p = &program{done: make(chan struct{}), path: filepath.Join(b.Dir, key)}
		b.built[key] = p
	}
	b.mu.Unlock()
	if ok {
		<-p.done
		return p.path, p.err
	}
	defer close(p.done)
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", p.path, "./"+folder)
	cmd.Dir = b.Root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if arch != "" {
		cmd.Env = append(cmd.Env, "GOOS=linux", "GOARCH="+arch)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		p.err = fmt.Errorf("building %s: %w\n%s", folder, err, out)
	}
	return p.path, p.err
}
