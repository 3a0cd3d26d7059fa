// Package child is how the warden's core has programs started: it asks the starter, hands over
// exactly the descriptors that the program gets, and hears how it ended. Nothing is inherited by
// accident. It starts nothing itself, knows no path, and nothing of what the programs do.
package child

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"tellijn/firmware/warden/talk"
	"tellijn/privacy/layers"
)

// Program says what to start.
type Program struct {
	Number talk.Program
	// Files are the descriptors of the child: 0, 1, 3 and on. Descriptor 2 is for its words,
	// see Say. nil stands for /dev/null.
	Files []*os.File
	// Say gets the lines that the child wrote to descriptor 2, cleaned and cut. nil gives it
	// /dev/null there: nothing that it writes is heard.
	Say func(line string)
}

// Child is a started program.
type Child struct {
	port   *Port
	number talk.Program
	serial uint32
	pid    int
	sum    [32]byte
	spaces Spaces
	ended  chan talk.Message
	seen   chan layers.Layers
	done   chan struct{}
	code   int
	signal syscall.Signal
	how    string
}

// Pipe makes a pipe to a child, or from one. The child's end is made to wait, as programs expect of
// their descriptors.
func Pipe(toChild bool) (ours, theirs *os.File, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("child: %w", err)
	}
	ours, theirs = r, w
	if toChild {
		ours, theirs = w, r
	}
	theirs.Fd()
	return ours, theirs, nil
}

// Start starts p. The caller closes its own copies of Files. The error wraps ErrGone or ErrNoSpaces,
// or says what was wrong with the program.
func Start(port *Port, p Program) (*Child, error) {
	var words *os.File
	child2 := port.void
	if p.Say != nil {
		var err error
		if words, child2, err = Pipe(false); err != nil {
			return nil, err
		}
		defer child2.Close()
	}
	files := []*os.File{port.void, port.void, child2}
	for i, f := range p.Files {
		if f == nil {
			f = port.void
		}
		if i < 2 {
			files[i] = f
		} else {
			files = append(files, f)
		}
	}
	c := &Child{port: port, number: p.Number, ended: make(chan talk.Message, 1), seen: make(chan layers.Layers, 1), done: make(chan struct{})}
	if err := port.start(c, files); err != nil {
		words.Close() // closing none is fine
		return nil, err
	}
	var heard sync.WaitGroup
	if words != nil {
		heard.Go(func() { listen(words, p.Say) })
	}
	go c.wait(words, &heard)
	return c, nil
}

// wait sees the child off.
func (c *Child) wait(words *os.File, heard *sync.WaitGroup) {
	c.code, c.how = -1, "nobody knows how, the starter is gone"
	select {
	case m := <-c.ended:
		c.code, c.signal = int(m.Code), syscall.Signal(m.Signal)
		c.how = fmt.Sprintf("exit status %d", c.code)
		if c.signal != 0 {
			c.how = "signal: " + c.signal.String()
		}
	case <-c.port.gone:
	}
	// A grandchild could hold the descriptor open, so the words are not waited for long.
	said := make(chan struct{})
	go func() { heard.Wait(); close(said) }()
	select {
	case <-said:
	case <-time.After(time.Second):
	}
	words.Close()
	close(c.done)
}

// Done is closed when the child has ended, or when nobody can tell any more.
func (c *Child) Done() <-chan struct{} { return c.done }

// Code is the exit code once Done is closed, or -1 if a signal ended the child.
func (c *Child) Code() int { return c.code }

// Signal is the signal that ended the child, once Done is closed, or 0.
func (c *Child) Signal() syscall.Signal { return c.signal }

// How says in words how it ended.
func (c *Child) How() string { return c.how }

// Pid is the process id, as the starter sees it.
func (c *Child) Pid() int { return c.pid }

// Sum is the SHA-256 of the program's file if the starter hashes it, or zero.
func (c *Child) Sum() [32]byte { return c.sum }

// Spaces are the namespaces that it got.
func (c *Child) Spaces() Spaces { return c.spaces }

// Stop asks the child to end in order.
func (c *Child) Stop() { c.port.signal(talk.Term, c) }

// Kill ends the child at once.
func (c *Child) Kill() { c.port.signal(talk.Kill, c) }

// Look asks the starter what the kernel says that holds the child in. Seen gives the answer; there is
// none if the child has ended.
func (c *Child) Look() { c.port.signal(talk.Look, c) }

// Seen gives the answer to Look.
func (c *Child) Seen() <-chan layers.Layers { return c.seen }
