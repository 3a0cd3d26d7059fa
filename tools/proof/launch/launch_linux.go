// Package launch starts an eye alone, as the starter of the warden does, for checks that look at it
// from outside: with orders, an alarm, frames of a clip, and in namespaces of its own. It plays the
// warden's part badly on purpose: it only listens. It stands outside the data path.
package launch

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/alarm"
	"tellijn/hal/camera"
	"tellijn/hal/camera/feed"
)

// Options say how an eye is started.
type Options struct {
	Path   string
	Args   []string
	Orders orders.Orders
	// Format and Largest are those of the frames that will be fed, in pixels and bytes; without
	// them nothing is fed.
	Format  camera.Format
	Largest int
	// Spaces gives it namespaces of its own.
	Spaces bool
	// Apart keeps from this machine what an eye that nothing holds might do to it as root: mounts and
	// the machine's name are its own. An ordinary user can do neither, and it changes nothing for one.
	Apart bool
	// Plain leaves GODEBUG alone, to show what it is for.
	Plain bool
	// Unlocked lets it have no locked memory, so that nothing of it is secret and all can be searched.
	// It then runs in a user namespace, where root is bound by limits too.
	Unlocked bool
}

// Eye is a started eye.
type Eye struct {
	Feed  *feed.Writer // nil without Format
	Alarm *alarm.Alarm

	cmd    *exec.Cmd
	feed   *os.File
	end    sync.Once
	done   chan struct{}
	mu     sync.Mutex
	tally  bytes.Buffer
	words  bytes.Buffer
	status syscall.WaitStatus
}

// Environment is what the starter gives an eye.
func Environment() []string {
	return []string{"GODEBUG=asyncpreemptoff=1,updatemaxprocs=0,containermaxprocs=0,decoratemappings=0", "GOMAXPROCS=1"}
}

// Start starts an eye. End ends it.
func Start(o Options) (*Eye, error) {
	told, err := orders.Encode(&o.Orders)
	if err != nil {
		return nil, err
	}
	e := &Eye{done: make(chan struct{})}
	if e.Alarm, err = alarm.New(); err != nil {
		return nil, err
	}
	out, tallies, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer tallies.Close()
	e.cmd = exec.Command(o.Path, o.Args...)
	e.cmd.Env, e.cmd.Dir = Environment(), "/"
	if o.Plain {
		e.cmd.Env = []string{}
	}
	e.cmd.Stdin, e.cmd.Stderr = bytes.NewReader(told[:]), &e.words
	e.cmd.ExtraFiles = []*os.File{tallies, e.Alarm.File()}
	e.cmd.SysProcAttr = attributes(o.Spaces, o.Unlocked)
	if o.Apart && os.Getuid() == 0 {
		e.cmd.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS
	}
	var frames *os.File
	if o.Largest > 0 {
		if frames, e.feed, err = os.Pipe(); err != nil {
			return nil, err
		}
		defer frames.Close()
		e.cmd.ExtraFiles = append(e.cmd.ExtraFiles, frames)
	}
	if o.Unlocked {
		e.cmd.Path, e.cmd.Args = "/bin/sh", append([]string{"sh", "-c", "ulimit -l 0; exec \"$0\" \"$@\"", o.Path}, o.Args...)
	}
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("launch: %w", err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer out.Close()
		b := make([]byte, 4096)
		for {
			n, err := out.Read(b)
			e.mu.Lock()
			e.tally.Write(b[:n])
			e.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	ended, err := ends(e.cmd.Process.Pid)
	if err != nil {
		_ = e.cmd.Process.Kill()
		_ = e.cmd.Wait()
		return nil, err
	}
	go func() {
		// Only once it has ended is it waited for: while it is searched it stands still under
		// ptrace(2), and a wait in this process would take that for its end.
		ended()
		_ = e.cmd.Wait()
		e.status = e.cmd.ProcessState.Sys().(syscall.WaitStatus)
		<-read
		close(e.done)
	}()
	if e.feed != nil {
		if e.Feed, err = feed.NewWriter(e.feed, o.Format, o.Largest); err != nil {
			e.Kill()
			return nil, fmt.Errorf("launch: %w", err)
		}
	}
	return e, nil
}

// attributes are the namespaces of an eye; an ordinary user needs one of users as well.
func attributes(spaces, users bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{}
	if !spaces {
		return a
	}
	a.Cloneflags = syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS
	if users || os.Getuid() != 0 {
		a.Cloneflags |= syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
	return a
}

// Pid is the process id, as seen from here.
func (e *Eye) Pid() int { return e.cmd.Process.Pid }

// Said is what came through the pipe of tallies so far.
func (e *Eye) Said() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return bytes.Clone(e.tally.Bytes())
}

// Words is what it wrote to descriptor 2, once it has ended.
func (e *Eye) Words() string { return e.words.String() }

// Done is closed when it has ended.
func (e *Eye) Done() <-chan struct{} { return e.done }

// Status is how it ended, once Done is closed.
func (e *Eye) Status() syscall.WaitStatus { return e.status }

// CPU is how much processor time it took, once Done is closed.
func (e *Eye) CPU() time.Duration {
	return e.cmd.ProcessState.UserTime() + e.cmd.ProcessState.SystemTime()
}

// Signal sends a signal.
func (e *Eye) Signal(s syscall.Signal) { _ = e.cmd.Process.Signal(s) }

// HangUp closes the pipe of frames.
func (e *Eye) HangUp() {
	if e.feed != nil {
		e.feed.Close()
	}
}

// Wait waits until it ends, and ends it after the time. It tells whether that was needed.
func (e *Eye) Wait(most time.Duration) (ended bool) {
	select {
	case <-e.done:
		ended = true
	case <-time.After(most):
	}
	e.Kill()
	return ended
}

// Kill ends it and everything that was opened for it.
func (e *Eye) Kill() {
	e.end.Do(func() {
		_ = e.cmd.Process.Kill()
		if e.feed != nil {
			e.feed.Close()
		}
		<-e.done
		e.Alarm.Close()
	})
}

// Unread is how many bytes of frames wait in the pipe, unread by the eye.
func (e *Eye) Unread() (int, error) {
	if e.feed == nil {
		return 0, nil
	}
	return unread(e.feed)
}
