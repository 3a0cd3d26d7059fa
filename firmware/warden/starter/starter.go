// Package starter is the half of the warden that may start programs. It starts the core, which does
// the warden's work and may start nothing, and then only does what the core asks by number: start
// the eye, the courier or the dialer, end one, tell how one ended. Which programs these are, with which
// arguments, environment and namespaces, is fixed before the core runs. Where there is a dialer, it
// makes the socket between courier and dialer and gives either its end at each start, so that both may
// come and go; the core never has one. It opens nothing but the eye's program, to hash it; it sees no
// frame, no tally and no record, and has no other input.
package starter

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"tellijn/firmware/warden/spaces"
	"tellijn/firmware/warden/talk"
)

// Program says how one program is started. It never changes.
type Program struct {
	Name   string     // what it is called among processes
	Path   string     // absolute
	Args   []string   // without the name
	Env    []string   // the whole environment
	Dir    string     // "" is the root
	Spaces spaces.Set // namespaces that it should get
	// Least and Most are how many descriptors it may be given. Courier and dialer are given one more
	// behind them if there is a dialer, so both want one number of them.
	Least, Most int
	Hash        bool // tell the core the SHA-256 of the program's file
	Dies        bool // the kernel kills it when the starter ends; otherwise it ends by its pipe
}

// Setup is all that the starter knows.
type Setup struct {
	// Programs by their number; that of the core is the warden's own. One without a path is not
	// there: a core that asks for it is told so.
	Programs [talk.Count]Program
	// Files are the core's descriptors 0, 1, 2, 4 and on. 3 is the line. The starter closes its own
	// copies from 4 on.
	Files []*os.File
	// Need refuses to start anything that gets no namespaces: on boards that count people.
	Need bool
	// Patience is how long the courier may store after the core is gone; 0 means DefaultPatience.
	Patience time.Duration
}

// DefaultPatience covers the courier's last tries on a full disk.
const DefaultPatience = 15 * time.Second

// LineFd is the core's descriptor of the line.
const LineFd = 3

// ErrCore is wrapped when the core did not end by itself.
var ErrCore = errors.New("starter: the warden's core was ended")

// starter is one run. Everything happens on one locked thread: the kernel ties the death of a child
// to the thread that started it, and a process id is only used while the process is not reaped.
type starter struct {
	s       Setup
	line    *talk.Line
	running [talk.Count]*process
	ends    [talk.Count]int // of the socket between courier and dialer, 0 for none
	code    int             // of the core
	why     error           // the core was ended
	end     <-chan time.Time
}

// process is a started program.
type process struct {
	pid    int
	serial uint32
}

// request is a message of the core, or the end of the line.
type request struct {
	m     talk.Message
	files []int
	err   error
}

// Run starts the core and serves it until nothing runs any more. It gives the core's exit code, or
// an error if the core could not be started or was ended.
func Run(s Setup) (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if s.Patience == 0 {
		s.Patience = DefaultPatience
	}
	asked, child := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	signal.Notify(child, syscall.SIGCHLD)
	defer signal.Stop(asked)
	defer signal.Stop(child)
	closeLater()
	st := &starter{s: s}
	if err := st.join(); err != nil {
		return 1, err
	}
	defer st.part()
	if err := st.core(); err != nil {
		return 1, err
	}
	requests, next, quit, quiet := make(chan request), make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(quiet)
		receive(st.line, requests, next, quit)
	}()
	defer func() {
		close(quit)
		st.line.HangUp()
		<-quiet
		st.line.Close()
	}()
	for !st.over() {
		select {
		case r := <-requests:
			st.serve(&r)
			talk.Drop(r.files)
			if r.err == nil {
				next <- struct{}{} // nothing is received while a program is started
			}
		case <-child:
			st.reap()
		case <-asked:
			st.tell(talk.Message{Kind: talk.Asked})
		case <-st.end:
			st.kill(talk.Courier)
		}
	}
	return st.code, st.why
}

// receive passes on what the core asks, one at a time, until the line ends or quit is closed.
func receive(line *talk.Line, requests chan<- request, next, quit <-chan struct{}) {
	for {
		m, files, err := line.Receive()
		select {
		case requests <- request{m, files, err}:
		case <-quit:
			talk.Drop(files)
			return
		}
		if err != nil {
			return
		}
		select {
		case <-next:
		case <-quit:
			return
		}
	}
}

// core starts the other half.
func (st *starter) core() error {
	line, theirs, err := talk.Pair()
	if err != nil {
		return err
	}
	defer syscall.Close(theirs)
	files := make([]int, 0, len(st.s.Files)+1)
	for i, f := range st.s.Files {
		if i == LineFd {
			files = append(files, theirs)
		}
		files = append(files, int(f.Fd()))
	}
	if len(files) <= LineFd {
		files = append(files, theirs)
	}
	p, err := st.start(&st.s.Programs[talk.Core], files)
	if err != nil {
		line.Close()
		return fmt.Errorf("starter: the warden's core: %w", err)
	}
	st.line, st.running[talk.Core] = line, &process{pid: p.Pid}
	st.tell(talk.Message{Kind: talk.Ready, Spaces: uint8(p.Got), Errno: uint32(p.Why)})
	for _, f := range st.s.Files[min(LineFd, len(st.s.Files)):] {
		f.Close() // or the ends of these pipes would never be seen
	}
	return nil
}

// over tells whether nothing runs any more.
func (st *starter) over() bool { return st.running == [talk.Count]*process{} }

// tell sends the core a message. A core that does not listen is ended.
func (st *starter) tell(m talk.Message) {
	if st.running[talk.Core] == nil {
		return
	}
	err := st.line.Send(m)
	if err != nil && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) { // which is about to be seen
		st.giveUp(err)
	}
}

// giveUp ends the core, and with it everything.
func (st *starter) giveUp(why error) {
	if st.why == nil && st.running[talk.Core] != nil {
		st.why, st.code = fmt.Errorf("%w: %w", ErrCore, why), 1
	}
	st.kill(talk.Core)
	st.kill(talk.Eye)
	st.kill(talk.Dialer)
}

// serve does what the core asks.
func (st *starter) serve(r *request) {
	switch {
	case errors.Is(r.err, io.EOF):
		st.kill(talk.Core) // it ends, or has let go of what it cannot do without
		return
	case r.err != nil:
		st.giveUp(r.err)
		return
	case st.running[talk.Core] == nil:
		return // a last word of one that is gone
	}
	p := st.running[r.m.Program]
	switch r.m.Kind {
	case talk.Start:
		st.begin(&r.m, r.files)
	case talk.Term, talk.Kill:
		if p == nil || p.serial != r.m.Serial {
			return // it has just ended
		}
		if r.m.Kind == talk.Kill {
			st.kill(r.m.Program)
			return
		}
		syscall.Kill(p.pid, syscall.SIGTERM)
	case talk.Look:
		if p != nil && p.serial == r.m.Serial {
			st.tell(talk.Message{Kind: talk.Seen, Program: r.m.Program, Serial: p.serial, Held: uint16(look(p.pid))})
		}
	}
}

func (st *starter) kill(p talk.Program) {
	if st.running[p] != nil {
		syscall.Kill(st.running[p].pid, syscall.SIGKILL)
	}
}
