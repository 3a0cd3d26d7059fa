// Package programs starts the programs of a board's first process, starts those anew that end, and takes leave
// of every other process that nobody waits for. It knows their names and arguments and nothing of what they do;
// what they print goes line by line to whoever is given it.
package programs

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// Program is one that is kept running.
type Program struct {
	Name string
	Path string
	Args []string // without the name
	Env  []string // the whole environment
}

// End is how a program ended.
type End struct {
	Name string
	Ran  time.Duration
	Code int            // -1 for a signal
	Sig  syscall.Signal // 0 for none
}

// String says it in words.
func (e End) String() string {
	if e.Sig != 0 {
		return fmt.Sprintf("%s was ended by signal %d (%v) after %v", e.Name, int(e.Sig), e.Sig, e.Ran.Round(time.Second))
	}
	return fmt.Sprintf("%s ended with code %d after %v", e.Name, e.Code, e.Ran.Round(time.Second))
}

// Keeper holds the programs. One goroutine uses it: whoever starts is whoever waits, so that no end is missed and
// none is taken by somebody else.
type Keeper struct {
	Since  func() time.Duration            // a clock that never goes back
	Follow func(name string, out *os.File) // hears what a program prints, until it ends; on a goroutine of its own
	run    map[int]running
}

type running struct {
	name  string
	began time.Duration
}

// Start starts a program once, with nothing open but its three descriptors: the first reads nothing, the others
// are heard.
func (k *Keeper) Start(p Program) (pid int, err error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, fmt.Errorf("programs: %w", err)
	}
	defer null.Close()
	out, in, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("programs: %w", err)
	}
	pid, err = syscall.ForkExec(p.Path, append([]string{p.Name}, p.Args...), &syscall.ProcAttr{Dir: "/", Env: append([]string{}, p.Env...),
		Files: []uintptr{null.Fd(), in.Fd(), in.Fd()}, Sys: &syscall.SysProcAttr{Setsid: true}})
	in.Close()
	if err != nil {
		out.Close()
		return 0, fmt.Errorf("programs: starting %s: %w", p.Path, err)
	}
	if k.run == nil {
		k.run = map[int]running{}
	}
	k.run[pid] = running{p.Name, k.Since()}
	go func() {
		k.Follow(p.Name, out)
		out.Close()
	}()
	return pid, nil
}

// Reap takes leave of everything that has ended, and gives the ends of programs that were started here.
func (k *Keeper) Reap() (ends []End) {
	for {
		var how syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &how, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return ends
		}
		p, ours := k.run[pid]
		if !ours || !how.Exited() && !how.Signaled() {
			continue
		}
		delete(k.run, pid)
		e := End{Name: p.name, Ran: k.Since() - p.began, Code: how.ExitStatus()}
		if how.Signaled() {
			e.Code, e.Sig = -1, how.Signal()
		}
		ends = append(ends, e)
	}
}

// Running is how many of them run.
func (k *Keeper) Running() int { return len(k.run) }

// Signal sends a signal to each of them.
func (k *Keeper) Signal(s syscall.Signal) {
	for pid := range k.run {
		_ = syscall.Kill(pid, s) // it is not reaped yet, so the number is still its own
	}
}
