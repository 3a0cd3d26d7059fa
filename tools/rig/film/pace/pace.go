// Package pace tells when an emulated machine has worked off what it was given: all threads of its process sleep, and
// none has run for a while. Then its processors wait for an interrupt, whatever else this computer has to do. It
// reads what the kernel says of a process, and can let it go before others. It is for the rig, outside the data path.
package pace

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Quiet is how long no thread may have run: longer than any pause between the steps by which a frame goes from the
// socket into the counts.
const Quiet = 3 * time.Millisecond

// Watch looks at one process. The zero value looks at none, and says that it cannot tell.
type Watch struct {
	folder string
	runs   uint64 // turns on a processor, of all threads
	since  time.Time
}

// New looks at the process of this number.
func New(pid int) *Watch { return &Watch{folder: fmt.Sprintf("/proc/%d/task", pid)} }

// Idle looks once and tells whether nothing ran since Quiet before now. It is to be asked every millisecond or so.
// The error says that it cannot be told here.
func (w *Watch) Idle(now time.Time) (bool, error) {
	if w.folder == "" {
		return false, fmt.Errorf("pace: no process to look at")
	}
	threads, err := filepath.Glob(w.folder + "/*")
	if err != nil || len(threads) == 0 {
		return false, fmt.Errorf("pace: no threads in %s: %v", w.folder, err)
	}
	var runs uint64
	for _, t := range threads {
		n, sleeps, err := look(t)
		switch {
		case err != nil:
			return false, err
		case !sleeps: // the rest need not be read
			w.runs = 0
			return false, nil
		}
		runs += n
	}
	if runs != w.runs {
		w.runs, w.since = runs, now
		return false, nil
	}
	return now.Sub(w.since) >= Quiet, nil
}

// look reads how often a thread was on a processor, and whether it sleeps. (proc_pid_stat(5); Linux,
// Documentation/scheduler/sched-stats.rst)
func look(thread string) (runs uint64, sleeps bool, err error) {
	stat, err := os.ReadFile(thread + "/stat")
	if err != nil {
		return 0, false, fmt.Errorf("pace: %w", err)
	}
	at := bytes.LastIndexByte(stat, ')') // behind the name, which may hold anything
	if at < 0 || at+2 >= len(stat) {
		return 0, false, fmt.Errorf("pace: %s/stat says %q", thread, stat)
	}
	if stat[at+2] != 'S' {
		return 0, false, nil
	}
	turns, err := os.ReadFile(thread + "/schedstat")
	if err != nil {
		return 0, false, fmt.Errorf("pace: %w", err)
	}
	f := bytes.Fields(turns)
	if len(f) != 3 {
		return 0, false, fmt.Errorf("pace: %s/schedstat says %q", thread, turns)
	}
	runs, err = strconv.ParseUint(string(f[2]), 10, 64)
	return runs, true, err
}
