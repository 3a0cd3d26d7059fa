package stopped

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rounds bounds how often the list of threads is read until nobody is new.
const rounds = 10_000

// Process is a process that stands still. It must be resumed by the goroutine that stopped it.
type Process struct {
	pid     int
	threads map[int]int // the signal that each was about to get, or 0
}

// Stop halts every thread of a process and binds the calling goroutine to its thread, for the kernel
// answers only the thread that asked. Threads that begin or end meanwhile are taken along. The error
// wraps ErrGone or ErrDenied; then nothing is halted.
func Stop(pid int) (*Process, error) {
	if pid == os.Getpid() {
		return nil, fmt.Errorf("stopped: process %d is this one, want another; start what is to be searched as a process of its own", pid)
	}
	runtime.LockOSThread()
	p := &Process{pid: pid, threads: map[int]int{}}
	if err := p.halt(); err != nil {
		return nil, errors.Join(err, p.Resume())
	}
	return p, nil
}

// halt goes on until two lists of threads in a row hold nobody new: then nobody is left who could make
// another thread.
func (p *Process) halt() error {
	quiet := 0
	for range rounds {
		list, err := os.ReadDir(p.folder("task"))
		if err != nil {
			break
		}
		fresh := false
		for _, entry := range list {
			tid, err := strconv.Atoi(entry.Name())
			if err != nil {
				continue
			}
			if _, ok := p.threads[tid]; ok {
				continue
			}
			got, err := p.catch(tid)
			if err != nil {
				return err
			}
			fresh = fresh || got
		}
		if quiet++; fresh {
			quiet = 0
		}
		if quiet == 2 && len(p.threads) > 0 {
			return nil
		}
		if quiet > 2 {
			break // nobody but the dead
		}
	}
	return fmt.Errorf("%w: %d", ErrGone, p.pid)
}

// catch halts one thread, and tells whether it did: one that ends meanwhile is nobody's loss.
func (p *Process) catch(tid int) (bool, error) {
	if err := unix.PtraceSeize(tid); err != nil {
		if p.over(tid) {
			return false, nil
		}
		return false, fmt.Errorf("%w for process %d: %w; be root, have CAP_SYS_PTRACE, or be the same user in the same user "+
			"namespace of a process that may be dumped, and nobody else may be tracing it", ErrDenied, p.pid, err)
	}
	if err := unix.PtraceInterrupt(tid); err != nil {
		p.bury(tid)
		return false, nil
	}
	for {
		var info unix.Siginfo
		// A look that takes nothing away: the end of a process belongs to whoever started it.
		err := unix.Waitid(unix.P_PID, tid, &info, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT|unix.WALL, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || info.Code != trapped {
			p.bury(tid)
			return false, nil
		}
		p.threads[tid] = 0
		// A stop that has no event is a signal on its way: it is handed on when the thread goes on.
		if s := status(&info); s>>8 == 0 {
			p.threads[tid] = int(s)
		}
		return true, nil
	}
}

// trapped is CLD_TRAPPED of include/uapi/asm-generic/siginfo.h: the traced thread stands still.
const trapped = 4

// status is si_status of struct siginfo: the signal, and above it the event of ptrace. It follows si_pid and
// si_uid, which come after three numbers and what aligns them.
func status(info *unix.Siginfo) int32 {
	const word = unsafe.Sizeof(uintptr(0))
	at := (3*4+word-1)/word*word + 2*4
	return *(*int32)(unsafe.Add(unsafe.Pointer(info), at))
}

// over tells whether a thread has ended, its entry may still be there.
func (p *Process) over(tid int) bool {
	state, _ := p.stat("task", strconv.Itoa(tid), "stat")
	return state == "" || strings.Contains("ZXx", state)
}

// stat gives the state and the parent of a process or thread (proc_pid_stat(5)), "" when it is not there.
func (p *Process) stat(parts ...string) (state, parent string) {
	text, _ := os.ReadFile(p.folder(parts...))
	// The name before them may hold anything.
	if fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])); len(fields) > 2 {
		return fields[0], fields[1]
	}
	return "", ""
}

func (p *Process) folder(parts ...string) string {
	return filepath.Join(append([]string{"/proc", strconv.Itoa(p.pid)}, parts...)...)
}

// Threads is how many stand still.
func (p *Process) Threads() int { return len(p.threads) }

// Resume lets all threads go on with the signals that they were about to get, and frees the goroutine.
// The error is of a thread that could not be let go; one that was killed meanwhile is none.
func (p *Process) Resume() error {
	var failed error
	var killed []int
	for tid, signal := range p.threads {
		_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_DETACH, uintptr(tid), 0, uintptr(signal), 0, 0)
		if e == unix.ESRCH {
			killed = append(killed, tid)
		} else if e != 0 {
			failed = errors.Join(failed, fmt.Errorf("stopped: letting thread %d of %d go: %w", tid, p.pid, e))
		}
	}
	// Killed while they stood still. The end of the process itself comes last, and is left to its parent
	// if that is this process.
	slices.SortFunc(killed, func(a, b int) int { return cmp.Compare(p.rank(a), p.rank(b)) })
	for _, tid := range killed {
		p.bury(tid)
	}
	clear(p.threads)
	runtime.UnlockOSThread()
	return failed
}

// bury asks for the end of a thread that is about to end, or that has: while it is traced, nobody else
// is told.
func (p *Process) bury(tid int) {
	if tid == p.pid && p.ours() {
		return
	}
	for {
		if _, err := unix.Wait4(tid, nil, unix.WALL, nil); err != unix.EINTR {
			return
		}
	}
}

// rank puts the thread that stands for the process last.
func (p *Process) rank(tid int) int {
	if tid == p.pid {
		return 1
	}
	return 0
}

// ours tells whether this process started that one.
func (p *Process) ours() bool {
	_, parent := p.stat("stat")
	return parent == strconv.Itoa(os.Getpid())
}
