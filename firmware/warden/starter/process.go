package starter

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
	"time"

	"tellijn/firmware/dialer/line"
	"tellijn/firmware/warden/spaces"
	"tellijn/firmware/warden/talk"
)

// begin starts a program for the core and answers.
func (st *starter) begin(m *talk.Message, files []int) {
	p := &st.s.Programs[m.Program]
	no := func(stage talk.Stage, err error) {
		errno := syscall.EIO
		errors.As(err, &errno)
		st.tell(talk.Message{Kind: talk.Refused, Program: m.Program, Serial: m.Serial, Stage: stage, Errno: uint32(errno)})
	}
	if p.Path == "" {
		no(talk.Forking, syscall.ENOENT)
		return
	}
	if st.running[m.Program] != nil || len(files) < p.Least || len(files) > p.Most {
		st.giveUp(fmt.Errorf("%w: start of the %s with %d descriptors, want one at a time with %d to %d",
			talk.ErrMalformed, p.Name, len(files), p.Least, p.Most))
		return
	}
	if end := st.ends[m.Program]; end != 0 {
		files = append(slices.Clip(files), end)
	}
	var sum [32]byte
	if p.Hash {
		var err error
		if sum, err = fingerprint(p.Path); err != nil {
			no(talk.Reading, err)
			return
		}
	}
	s, err := st.start(p, files)
	switch {
	case errors.Is(err, spaces.ErrRefused):
		no(talk.Spaces, err)
		return
	case err != nil:
		no(talk.Forking, err)
		return
	}
	st.running[m.Program] = &process{s.Pid, m.Serial}
	st.tell(talk.Message{Kind: talk.Started, Program: m.Program, Serial: m.Serial, Pid: int32(s.Pid),
		Spaces: uint8(s.Got), Errno: uint32(s.Why), Sum: sum})
}

// start starts a program with exactly these descriptors, its own environment, and its own directory or none.
func (st *starter) start(p *Program, files []int) (spaces.Started, error) {
	attr := syscall.ProcAttr{Dir: cmp.Or(p.Dir, "/"), Env: append([]string{}, p.Env...)}
	for _, fd := range files {
		attr.Files = append(attr.Files, uintptr(fd))
	}
	return spaces.Start(p.Path, append([]string{p.Name}, p.Args...), attr,
		spaces.Terms{Want: p.Spaces, Need: st.s.Need, Dies: p.Dies})
}

// fingerprint is the hash of a program's file, which its records carry.
func fingerprint(path string) (sum [32]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

// join makes the socket between courier and dialer, if there is a dialer.
func (st *starter) join() (err error) {
	if st.s.Programs[talk.Dialer].Path == "" {
		return nil
	}
	for _, n := range []struct {
		p  talk.Program
		fd int
	}{{talk.Courier, line.CourierFd}, {talk.Dialer, line.DialerFd}} {
		if p := &st.s.Programs[n.p]; p.Least != n.fd || p.Most != n.fd {
			return fmt.Errorf("starter: %s with %d to %d descriptors, want %d before its end of the line", p.Name, p.Least, p.Most, n.fd)
		}
	}
	st.ends[talk.Courier], st.ends[talk.Dialer], err = line.Pair()
	return err
}

// part lets go of the socket.
func (st *starter) part() {
	for _, fd := range st.ends {
		if fd > 0 {
			syscall.Close(fd)
		}
	}
}

// reap asks for each program whether it has ended.
func (st *starter) reap() {
	for n, p := range st.running {
		if p == nil {
			continue
		}
		var how syscall.WaitStatus
		if pid, err := wait(p.pid, &how); pid == p.pid && err == nil && (how.Exited() || how.Signaled()) {
			st.running[n] = nil
			st.ended(talk.Program(n), p, how)
		}
	}
	if os.Getpid() != 1 {
		return
	}
	// The first process of a machine is given every orphan. Its own children were asked above; one
	// that ended since then is reaped at its own signal, which is still to come.
	for {
		var how syscall.WaitStatus
		pid, err := wait(-1, &how)
		if err != nil || pid <= 0 {
			return
		}
		for n, p := range st.running {
			if p != nil && p.pid == pid {
				st.running[n] = nil
				st.ended(talk.Program(n), p, how)
			}
		}
	}
}

func wait(pid int, how *syscall.WaitStatus) (int, error) {
	for {
		got, err := syscall.Wait4(pid, how, syscall.WNOHANG, nil)
		if err != syscall.EINTR {
			return got, err
		}
	}
}

// ended passes on how a program ended. After the core nothing stays but the courier, which stores
// what it has.
func (st *starter) ended(n talk.Program, p *process, how syscall.WaitStatus) {
	code, sig := int32(how.ExitStatus()), uint8(0)
	if how.Signaled() {
		code, sig = -1, uint8(how.Signal())
	}
	if n != talk.Core {
		st.tell(talk.Message{Kind: talk.Ended, Program: n, Serial: p.serial, Code: code, Signal: sig})
		return
	}
	st.kill(talk.Eye)
	st.kill(talk.Dialer)
	st.end = time.After(st.s.Patience)
	switch {
	case st.why != nil:
	case how.Signaled():
		st.code, st.why = 1, fmt.Errorf("%w: signal: %v", ErrCore, how.Signal())
	default:
		st.code = int(code)
	}
}

// closeLater keeps descriptors that the caller left open by mistake away from every program.
func closeLater() {
	const most = 1024 // RLIMIT_NOFILE, as everybody has it who did not ask for more
	for fd := 3; fd < most; fd++ {
		syscall.CloseOnExec(fd)
	}
}
