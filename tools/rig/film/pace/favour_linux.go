package pace

import (
	"fmt"
	"path/filepath"
	"strconv"
	"syscall"
)

// favoured is how much a process goes before others, as nice(1) has it.
const favoured = -15

// Favour lets a process go before others with all its threads, and those that they make: a board that is emulated has
// limits of its own, such as 200 ms for a frame, which pass on the clock whoever else wants the processor. Only root may.
func Favour(pid int) error {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(threads) == 0 {
		return fmt.Errorf("pace: no threads of process %d: %v", pid, err)
	}
	for _, t := range threads {
		n, err := strconv.Atoi(filepath.Base(t))
		if err == nil {
			err = syscall.Setpriority(syscall.PRIO_PROCESS, n, favoured)
		}
		if err != nil && err != syscall.ESRCH {
			return fmt.Errorf("pace: thread %s: %w", t, err)
		}
	}
	return nil
}
