package setter

import (
	"errors"
	"syscall"

	"tellijn/firmware/scout/talk"
)

// process is an asker that runs as a program.
type process struct {
	line  *talk.Line
	pid   int
	heard chan Heard
	quit  chan struct{}
	ended bool
}

// Listen serves an asker that was started as a child of this program, with the other end of the line.
func Listen(line *talk.Line, pid int) Asker {
	p := &process{line: line, pid: pid, heard: make(chan Heard), quit: make(chan struct{})}
	go p.receive()
	return p
}

// receive passes on what it says until it is gone, and sees to it that it is.
func (p *process) receive() {
	defer close(p.heard)
	for {
		m, _, err := p.line.Receive()
		select {
		case p.heard <- Heard{m, err}:
		case <-p.quit:
		}
		if err != nil {
			break
		}
	}
	<-p.quit
	for {
		if _, err := syscall.Wait4(p.pid, nil, 0, nil); !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	p.line.Close()
}

// Send sends it a message.
func (p *process) Send(m talk.Message, fd int) error {
	if p.ended {
		return syscall.EPIPE
	}
	return p.line.Send(m, fd)
}

// Heard is what it says.
func (p *process) Heard() <-chan Heard { return p.heard }

// End ends it.
func (p *process) End() {
	if p.ended {
		return
	}
	p.ended = true
	close(p.quit)
	p.line.HangUp()
	_ = syscall.Kill(p.pid, syscall.SIGKILL) // it is not reaped yet
}
