package child

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"tellijn/firmware/warden/spaces"
	"tellijn/firmware/warden/talk"
	"tellijn/privacy/layers"
)

// ErrGone is wrapped when the starter is gone, so that nothing can be started any more.
var ErrGone = errors.New("child: the warden's starter is gone")

// ErrNoSpaces is wrapped when a program gets no namespaces and must not run without.
var ErrNoSpaces = errors.New("child: no namespaces")

// Spaces are the namespaces that a program got.
type Spaces struct {
	Got spaces.Set
	Why error // why there are none; nil if there are
}

// Port is the way to the starter, from any goroutine.
type Port struct {
	// Own are the core's own namespaces.
	Own    Spaces
	line   *talk.Line
	void   *os.File
	answer chan talk.Message
	asked  chan struct{} // closed when somebody asks the warden to end
	gone   chan struct{} // closed when the starter is gone
	begin  sync.Mutex    // one start at a time
	serial uint32
	mu     sync.Mutex // for what follows
	live   [talk.Count]*Child
	ending bool
}

// Open takes the line to the starter, which is descriptor fd, and waits for its first word.
func Open(fd int) (*Port, error) {
	p := &Port{line: talk.At(fd), answer: make(chan talk.Message, 1), asked: make(chan struct{}), gone: make(chan struct{})}
	m, _, err := p.line.Receive()
	if err == nil && m.Kind != talk.Ready {
		err = fmt.Errorf("%w: kind %d first", talk.ErrMalformed, m.Kind)
	}
	if err != nil {
		return nil, fmt.Errorf("child: no starter on descriptor %d; the warden makes its core itself: %w", fd, err)
	}
	p.Own = got(&m)
	if p.void, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err != nil {
		return nil, fmt.Errorf("child: %w", err)
	}
	go p.listen()
	return p, nil
}

// Asked is closed when somebody asks the warden to end, or when the starter is gone.
func (p *Port) Asked() <-chan struct{} { return p.asked }

// Gone is closed when the starter is gone.
func (p *Port) Gone() <-chan struct{} { return p.gone }

// got reads what a program got.
func got(m *talk.Message) Spaces {
	s := Spaces{Got: spaces.Set(m.Spaces)}
	if m.Errno != 0 {
		s.Why = syscall.Errno(m.Errno)
	}
	return s
}

// listen takes what the starter says until it is gone.
func (p *Port) listen() {
	for {
		m, files, err := p.line.Receive()
		talk.Drop(files)
		if err != nil {
			break
		}
		switch m.Kind {
		case talk.Started, talk.Refused:
			select {
			case p.answer <- m:
			default: // nobody asked
			}
		case talk.Ended:
			if c := p.take(m.Program, m.Serial); c != nil {
				c.ended <- m
			}
		case talk.Seen:
			p.mu.Lock()
			c := p.live[m.Program]
			p.mu.Unlock()
			if c != nil && c.serial == m.Serial {
				select {
				case c.seen <- layers.Layers(m.Held):
				default: // nobody asked
				}
			}
		case talk.Asked:
			p.ask()
		}
	}
	p.ask()
	close(p.gone)
}

func (p *Port) ask() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ending {
		close(p.asked)
	}
	p.ending = true
}

// take gives the child that runs as a program, which is then no longer known.
func (p *Port) take(n talk.Program, serial uint32) *Child {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.live[n]
	if c == nil || c.serial != serial {
		return nil
	}
	p.live[n] = nil
	return c
}

// start asks for a program and waits for the answer.
func (p *Port) start(c *Child, files []*os.File) error {
	p.begin.Lock()
	defer p.begin.Unlock()
	p.serial++
	c.serial = p.serial
	fds := make([]int, len(files))
	for i, f := range files {
		raw, err := f.SyscallConn() // Fd would turn off what a Read of the alarm can be ended by
		if err == nil {
			err = raw.Control(func(fd uintptr) { fds[i] = int(fd) })
		}
		if err != nil {
			return fmt.Errorf("child: %w", err)
		}
	}
	p.mu.Lock()
	p.live[c.number] = c
	p.mu.Unlock()
	m := talk.Message{Kind: talk.Start, Program: c.number, Serial: c.serial, Files: uint8(len(fds))}
	if err := p.line.Send(m, fds...); err != nil {
		p.take(c.number, c.serial)
		return fmt.Errorf("child: %w", err)
	}
	select {
	case m = <-p.answer:
	case <-p.gone:
		p.take(c.number, c.serial)
		return ErrGone
	}
	if m.Kind == talk.Refused || m.Serial != c.serial {
		p.take(c.number, c.serial)
		why := syscall.Errno(m.Errno)
		switch m.Stage {
		case talk.Reading:
			return fmt.Errorf("child: reading the program: %w", why)
		case talk.Spaces:
			return fmt.Errorf("%w: %w; this board counts people and does not without them", ErrNoSpaces, why)
		}
		return fmt.Errorf("child: starting the program: %w", why)
	}
	c.pid, c.sum, c.spaces = int(m.Pid), m.Sum, got(&m)
	return nil
}

// signal asks for the end of a child; one that has ended is left alone.
func (p *Port) signal(kind talk.Kind, c *Child) {
	_ = p.line.Send(talk.Message{Kind: kind, Program: c.number, Serial: c.serial})
}
