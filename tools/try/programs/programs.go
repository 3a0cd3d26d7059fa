// Package programs builds the three programs of the firmware for a simulated board and starts the
// warden. It needs the Go command and the source, no network and no rights.
package programs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// names of the programs, which are folders below firmware.
func names() []string { return []string{"eye", "courier", "warden"} }

// Build builds the programs into dir and says what it does.
func Build(ctx context.Context, dir string, say func(string)) error {
	root, err := root(ctx)
	if err != nil {
		return err
	}
	say("Building the programs; the first time takes about a minute.")
	for i, name := range names() {
		say(fmt.Sprintf("Building %d of %d: %s", i+1, len(names()), name))
		// The same flags as for a board, so that the same source gives the same bytes.
		cmd := exec.CommandContext(ctx, "go", "build", "-tags", "sim", "-trimpath", "-buildvcs=false",
			"-o", filepath.Join(dir, name), "./firmware/"+name)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
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

// Warden is a running warden.
type Warden struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
	// View is where its states and records come from, to the end.
	View io.Reader
	// Feed is where frames of a clip go, or nil.
	Feed *os.File
}

// Start starts the warden of the programs in dir. It hears Ctrl-C of the terminal like everybody.
// say gets its lines.
func Start(dir string, args []string, feed bool, say func(string)) (*Warden, error) {
	viewR, viewW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer viewW.Close()
	args = append([]string{"-eye", filepath.Join(dir, "eye"), "-courier", filepath.Join(dir, "courier"), "-view", "3"}, args...)
	w := &Warden{View: viewR, done: make(chan struct{})}
	extra := []*os.File{viewW}
	if feed {
		r, out, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		w.Feed, extra, args = out, append(extra, r), append(args, "-feed", "4")
	}
	lines, words := io.Pipe()
	w.cmd = exec.Command(filepath.Join(dir, "warden"), args...)
	w.cmd.Stdout, w.cmd.Stderr, w.cmd.ExtraFiles = words, words, extra
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the warden: %w", err)
	}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		in := bufio.NewScanner(lines)
		for in.Scan() {
			say(in.Text())
		}
	}()
	go func() {
		w.err = w.cmd.Wait()
		words.Close()
		<-heard
		close(w.done)
	}()
	return w, nil
}

// Stop asks for an orderly end.
func (w *Warden) Stop() { _ = w.cmd.Process.Signal(syscall.SIGTERM) }

// Done is closed when the warden has ended and all it said was passed on.
func (w *Warden) Done() <-chan struct{} { return w.done }

// Err is what it ended with, once Done is closed.
func (w *Warden) Err() error { return w.err }

// Pid is its process id.
func (w *Warden) Pid() int { return w.cmd.Process.Pid }
