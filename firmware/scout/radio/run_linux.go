package radio

import (
	"fmt"
	"syscall"
	"time"
)

// Supplicant starts a supplicant for an interface and starts it again when it ended.
type Supplicant struct {
	// Path, Args, Env and User say what is started, and as whom. The name of the interface comes behind Args.
	Path string
	Args []string
	Env  []string
	User uint32
	Null uintptr // descriptor of nothing
	Boot func() time.Duration

	pid   int
	next  time.Duration
	pause time.Duration
}

// How long to wait before it is started again, twice as long each time.
const (
	firstPause = 4 * time.Second
	lastPause  = time.Minute
)

// Rights that it is handed. (capabilities(7): CAP_NET_ADMIN, CAP_NET_RAW)
const netAdmin, netRaw = 12, 13

// Run sees that it runs for this interface. It gives the end of a pipe with its words when it has just been
// started, which the caller closes, and otherwise -1.
func (s *Supplicant) Run(card string) (fd int, err error) {
	if s.pid != 0 {
		if pid, err := syscall.Wait4(s.pid, nil, syscall.WNOHANG, nil); pid != s.pid && err == nil {
			return -1, nil
		}
		s.pid = 0
	}
	now := s.Boot()
	if now < s.next {
		return -1, nil
	}
	s.pause = min(max(2*s.pause, firstPause), lastPause)
	s.next = now + s.pause
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		return -1, fmt.Errorf("radio: %w", err)
	}
	defer syscall.Close(ends[1])
	attr := syscall.ProcAttr{Dir: "/", Env: s.Env, Files: []uintptr{s.Null, uintptr(ends[1]), uintptr(ends[1])},
		Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: &syscall.Credential{Uid: s.User, Gid: s.User}, AmbientCaps: []uintptr{netAdmin, netRaw}}}
	s.pid, err = syscall.ForkExec(s.Path, append(s.Args[:len(s.Args):len(s.Args)], card), &attr)
	if err != nil {
		s.pid = 0
		syscall.Close(ends[0])
		return -1, fmt.Errorf("radio: start the supplicant: %w", err)
	}
	if err := syscall.SetNonblock(ends[0], true); err != nil {
		syscall.Close(ends[0])
		return -1, fmt.Errorf("radio: %w", err)
	}
	return ends[0], nil
}
