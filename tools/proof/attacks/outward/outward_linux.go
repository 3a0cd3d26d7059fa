package outward

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tellijn/tools/proof/attacks/codes"
	"tellijn/tools/proof/bench"
)

// patience is how long an attack may take on a busy machine.
const patience = 20 * time.Second

// Run makes all attacks.
func Run(ctx context.Context, b *bench.Bench) (all []Outcome, err error) {
	path, err := b.Program(ctx, Taken, "", Tags)
	if err != nil {
		return nil, err
	}
	for i, a := range All() {
		dir := filepath.Join(b.Dir, fmt.Sprintf("outward-%d", i))
		free, err := try(ctx, a, path, "free", dir+"f")
		if err != nil {
			return nil, fmt.Errorf("outward: %s %s: %w", a.Program, a.Name, err)
		}
		confined, err := try(ctx, a, path, "confined", dir+"c")
		if err != nil {
			return nil, fmt.Errorf("outward: %s %s: %w", a.Program, a.Name, err)
		}
		all = append(all, see(a, free, confined))
	}
	return all, nil
}

// see judges one attack by how it ended where nothing held it, and confined.
func see(a Attack, free, confined syscall.WaitStatus) Outcome {
	o := Outcome{Attack: a, Free: ending(free), How: ending(confined)}
	exec := a.Name == "exec" && free.Exited() && free.ExitStatus() == 0 // it ended as what it became
	o.Worked = exec || free.Exited() && free.ExitStatus() == codes.Worked
	o.Fired = o.Worked || free.Exited() && free.ExitStatus() > codes.Errno && free.ExitStatus() != codes.Errno+int(syscall.ENOSYS)
	switch {
	case a.Control:
		o.Held = o.Worked && confined.Exited() && confined.ExitStatus() == codes.Worked
	case a.Lands: // the path is refused, or the port, and nothing refused it before
		o.Held = o.Worked && confined.Exited() && confined.ExitStatus() == codes.Errno+int(syscall.EACCES)
	default:
		o.Held = confined.Signaled() && confined.Signal() == syscall.SIGSYS && !confined.CoreDump()
	}
	return o
}

// ending says in words how a program ended.
func ending(ws syscall.WaitStatus) string {
	switch {
	case ws.Signaled() && ws.Signal() == syscall.SIGSYS:
		return "the kernel ended it at the call"
	case ws.Signaled():
		return "ended by " + ws.Signal().String()
	case ws.ExitStatus() == codes.Worked:
		return "it worked"
	case ws.ExitStatus() > codes.Errno:
		return "the kernel refused it: " + syscall.Errno(ws.ExitStatus()-codes.Errno).Error()
	}
	return fmt.Sprintf("exit code %d", ws.ExitStatus())
}

// try makes an attack once.
func try(ctx context.Context, a Attack, path, how, dir string) (ws syscall.WaitStatus, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// All may be opened by anybody, so that it is no owner who refuses.
	for _, d := range []string{filepath.Join(dir, "own"), filepath.Join(dir, "other")} {
		err = errors.Join(err, os.MkdirAll(d, 0o755), os.WriteFile(filepath.Join(d, "own"), []byte("x"), 0o644))
	}
	if err != nil {
		return ws, err
	}
	h, err := hold(a.Program)
	if err != nil {
		return ws, err
	}
	defer h.close()
	c := exec.CommandContext(ctx, path, a.Program, a.Name, how, strconv.Itoa(os.Getpid()), filepath.Join(dir, "own"), filepath.Join(dir, "other", "own"), h.port)
	c.Env, c.Dir, c.ExtraFiles = []string{"GODEBUG=updatemaxprocs=0,containermaxprocs=0,decoratemappings=0"}, "/", h.files
	var words strings.Builder
	c.Stderr = &words
	c.SysProcAttr = &syscall.SysProcAttr{}
	if how == "free" && os.Getuid() == 0 { // what it does to mounts and names is its own
		c.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS | syscall.CLONE_NEWUTS
	}
	err = c.Run()
	if c.ProcessState == nil || c.ProcessState.Sys().(syscall.WaitStatus).ExitStatus() == codes.Unknown {
		return ws, fmt.Errorf("%v: %s", err, words.String())
	}
	return c.ProcessState.Sys().(syscall.WaitStatus), nil
}

// held is what the program is started with.
type held struct {
	files []*os.File // descriptors 3 and on
	port  string
	open  []interface{ Close() error }
}

func (h *held) close() {
	for _, c := range h.open {
		_ = c.Close()
	}
}

// hold makes it: the line, at its place, with a message that waits, a connection on which something
// waits, and sockets that no honest program has.
func hold(program string) (h *held, err error) {
	h = new(held)
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return h, err
	}
	line, far := os.NewFile(uintptr(fds[0]), "line"), os.NewFile(uintptr(fds[1]), "far end")
	h.open = append(h.open, line, far)
	if _, err := far.Write([]byte("12345678")); err != nil {
		return h, err
	}
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return h, err
	}
	h.open = append(h.open, l)
	_, h.port, _ = net.SplitHostPort(l.Addr().String())
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return h, err
	}
	h.open = append(h.open, c)
	s, err := l.Accept()
	if err != nil {
		return h, err
	}
	h.open = append(h.open, s)
	if _, err := s.Write([]byte("data")); err != nil {
		return h, err
	}
	waiting, err := net.Dial("tcp", l.Addr().String()) // nobody takes it
	if err != nil {
		return h, err
	}
	u, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return h, err
	}
	datagrams := os.NewFile(uintptr(u), "datagrams")
	connection, e1 := c.(*net.TCPConn).File()
	listener, e2 := l.File()
	h.open = append(h.open, waiting, datagrams)
	if err := errors.Join(e1, e2); err != nil {
		return h, err
	}
	h.open = append(h.open, connection, listener)
	h.files = []*os.File{line, line, connection, datagrams, listener} // 3 and 4: that of either
	return h, nil
}
