// Package child starts one program of the firmware with exactly the descriptors it is given, and
// ends it. Nothing is inherited by accident: no environment, no other descriptor, no directory of
// its own. It knows nothing of what the programs do.
package child

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Program says what to start.
type Program struct {
	Name string   // for messages
	Path string   // of the program
	Args []string // without the name
	Env  []string // the whole environment
	// Files are the descriptors of the child: 0, 1, 3 and on. Descriptor 2 is for its words,
	// see Say. nil stands for /dev/null.
	Files []*os.File
	// Say gets the lines that the child wrote to descriptor 2, cleaned and cut.
	Say func(line string)
}

// Child is a started program.
type Child struct {
	name string
	proc *os.Process
	done chan struct{}
	code int
	how  string
}

// Start starts p. The caller closes its own copies of Files.
func Start(p Program) (*Child, error) {
	void, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	defer void.Close()
	words, child2, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	files := []*os.File{void, void, child2}
	for i, f := range p.Files {
		if f == nil {
			f = void
		}
		if i < 2 {
			files[i] = f
		} else {
			files = append(files, f)
		}
	}
	proc, err := os.StartProcess(p.Path, append([]string{p.Name}, p.Args...), &os.ProcAttr{
		Dir: "/", Env: append([]string{}, p.Env...), Files: files}) // a nil Env would hand on ours
	child2.Close()
	if err != nil {
		words.Close()
		return nil, fmt.Errorf("child: %w", err)
	}
	c := &Child{name: p.Name, proc: proc, done: make(chan struct{})}
	var heard sync.WaitGroup
	heard.Go(func() { listen(words, p.Say) })
	go func() {
		state, err := proc.Wait()
		// A grandchild could hold the descriptor open, so the words are not waited for long.
		said := make(chan struct{})
		go func() { heard.Wait(); close(said) }()
		select {
		case <-said:
		case <-time.After(time.Second):
		}
		words.Close()
		if c.code = -1; err == nil {
			c.code, c.how = state.ExitCode(), state.String()
		}
		close(c.done)
	}()
	return c, nil
}

// Limits on what a child may say: a program that was taken over must not fill a log.
const (
	maxLine  = 400 // bytes of a line that are passed on
	maxLines = 40  // in the life of one child
)

// listen passes on what a child says and throws away what is too much.
func listen(r io.Reader, say func(string)) {
	in := bufio.NewReaderSize(r, 4096)
	for n := 0; ; {
		b, more, err := in.ReadLine()
		if err != nil {
			return
		}
		if text := clean(b); n < maxLines && text != "" && say != nil {
			say(text)
			n++
		}
		for more && err == nil {
			_, more, err = in.ReadLine()
		}
	}
}

// clean keeps printable ASCII, so that nothing a child says can command a terminal.
func clean(b []byte) string {
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, string(b[:min(len(b), maxLine)]))
	return strings.TrimSpace(text)
}

// Done is closed when the child has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Code is the exit code once Done is closed, or -1 if a signal ended the child.
func (c *Child) Code() int { return c.code }

// How says in words how it ended.
func (c *Child) How() string { return c.how }

// Pid is the process id.
func (c *Child) Pid() int { return c.proc.Pid }

// Stop asks the child to end in order.
func (c *Child) Stop() { _ = c.proc.Signal(syscall.SIGTERM) }

// Kill ends the child at once.
func (c *Child) Kill() { _ = c.proc.Kill() }
