// Package forensics feeds canary frames to the real eye and then searches for what is left of them: in all
// memory and the registers of the eye after each cycle, in the other programs, and on the disk. Each
// search has a control, which is the same search on an eye that keeps a frame. It stands outside the
// data path; tools/proof/machine does the same for what only the memory of a whole board shows.
package forensics

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/privacytest/canary"
	"tellijn/privacy/privacytest/search"
	"tellijn/privacy/sandbox/eyes"
	"tellijn/tools/proof/launch"
)

// session is an eye that is fed canary frames.
type session struct {
	eye    *launch.Eye
	frames []canary.Frame
	set    *canary.Set
	next   uint32
}

// begin starts an eye. The frames are made here, so that nobody else knows them.
func begin(path string, args []string, f camera.Format, n int, readable bool) (*session, error) {
	var seed canary.Seed
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, err
	}
	frames, set, err := canary.New(f, n, seed)
	if err != nil {
		return nil, err
	}
	largest := 0
	for _, c := range frames {
		largest = max(largest, len(c.Data))
	}
	o := launch.Door(orders.Feed, f)
	e, err := launch.Start(launch.Options{Path: path, Args: args, Orders: o, Format: f, Largest: largest, Spaces: true, Unlocked: readable})
	if err != nil {
		return nil, err
	}
	return &session{eye: e, frames: frames, set: set}, nil
}

// feed hands the next frame over.
func (s *session) feed() error {
	c := s.frames[int(s.next)%len(s.frames)]
	err := s.eye.Feed.Write(&camera.Frame{Data: c.Data, Sequence: s.next})
	if err != nil {
		select {
		case <-s.eye.Done():
			err = fmt.Errorf("%w; the eye %s, signal %v, and said %q", err, orders.Ending(s.eye.Status().ExitStatus()), s.eye.Status().Signal(), s.eye.Words())
		case <-time.After(time.Second):
		}
		return fmt.Errorf("forensics: frame %d: %w", s.next, err)
	}
	s.next++
	return nil
}

// patience is how long a cycle may take on a busy machine.
const patience = 20 * time.Second

// idle waits until the eye waits for its next frame with nothing in the pipe: the cycle is over.
func (s *session) idle() error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		if n, err := s.eye.Unread(); err != nil || n > 0 {
			continue
		}
		if waits(s.eye.Pid()) {
			return nil
		}
	}
	return fmt.Errorf("forensics: after frame %d the eye does not wait for the next one within %v", s.next, patience)
}

// waits tells whether a thread of the process is in read(2) of the pipe of frames. (proc_pid_syscall(5))
func waits(pid int) bool {
	read := "0 0x"
	if runtime.GOARCH == "arm64" {
		read = "63 0x"
	}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
	for _, t := range tasks {
		b, err := os.ReadFile(t)
		if err == nil && strings.HasPrefix(string(b), fmt.Sprintf("%s%x ", read, eyes.FdFeed)) {
			return true
		}
	}
	return false
}

// look searches the eye.
func (s *session) look() (search.Found, error) { return search.All(s.eye.Pid(), s.set) }

// able says why this machine cannot look into other programs, or nothing.
func able() string {
	if unix.Geteuid() != 0 {
		return "looking into another program's memory needs root: sudo go run ./tools/proof"
	}
	if _, err := os.ReadFile("/proc/self/syscall"); err != nil {
		return "this kernel does not say what programs wait for (/proc/PID/syscall)"
	}
	return ""
}
