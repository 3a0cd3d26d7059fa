package programs

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is a running program.
type Process struct {
	Name string // for people
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// lastWords is how long those that a program started may go on to speak after its end.
const lastWords = 3 * time.Second

// Start starts a program with these files behind its first three descriptors. It gets no keys, and not
// the Ctrl-C of the terminal, so that whoever started it can end everything in order; on Linux it ends
// with whoever started it, whatever that one dies of. say gets its lines.
func Start(name, path string, args []string, files []*os.File, say func(line string)) (*Process, error) {
	p := &Process{Name: name, cmd: exec.Command(path, args...), done: make(chan struct{})}
	lines, words := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.ExtraFiles = words, words, files
	p.cmd.SysProcAttr, p.cmd.WaitDelay = apart(), lastWords
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		in := bufio.NewScanner(lines)
		for in.Scan() {
			say(in.Text())
		}
		_, _ = io.Copy(io.Discard, lines) // a line too long to be read must not stop the program
	}()
	go func() {
		p.err = p.cmd.Wait()
		words.Close()
		<-heard
		close(p.done)
	}()
	return p, nil
}

// Done is closed when it has ended and all it said was passed on.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is what it ended with, once Done is closed.
func (p *Process) Err() error { return p.err }

// Pid is its process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop asks for an orderly end.
func (p *Process) Stop() { _ = p.cmd.Process.Signal(syscall.SIGTERM) }

// End asks for an orderly end, waits for it, and after patience ends it anyway, with all that it started
// and that did not leave its group. It tells whether the end was an orderly one. A nil process has ended.
func (p *Process) End(patience time.Duration) bool {
	if p == nil {
		return true
	}
	p.Stop()
	select {
	case <-p.done:
		return p.err == nil
	case <-time.After(patience):
	}
	_ = syscall.Kill(-p.Pid(), syscall.SIGKILL)
	<-p.done
	return false
}
