package starter

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"tellijn/privacy/layers"
)

// filters is how many filters of system calls an eye has entered when it counts: one for each stage.
// Those that this program was started with, in a container for instance, come on top.
const filters = 3

// look asks the kernel what holds a program in, of every thread: what it says of itself is not asked.
// The answer has Filter and Rights, or less; what cannot be read does not hold. (proc_pid_status(5))
func look(pid int) layers.Layers {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	tasks, err := os.ReadDir(dir)
	if err != nil || len(tasks) == 0 {
		return 0
	}
	held := layers.Filter | layers.Rights
	for _, t := range tasks {
		text, err := os.ReadFile(dir + "/" + t.Name() + "/status")
		if os.IsNotExist(err) {
			continue // a thread that has just ended
		}
		if err != nil {
			return 0
		}
		held &= status(text, filters+own())
	}
	return held
}

// own is how many filters this program is under itself.
func own() (n int) {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range bytes.Lines(text) {
		if value, ok := strings.CutPrefix(string(line), "Seccomp_filters:"); ok {
			_, _ = fmt.Sscan(value, &n)
		}
	}
	return n
}

// status reads what /proc says of one thread, which should be under so many filters.
func status(text []byte, filters int) layers.Layers {
	held, said := layers.Filter|layers.Rights, 0
	for line := range bytes.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
		value = strings.TrimSpace(value)
		var n int
		switch name {
		case "Seccomp":
			if said++; value != "2" { // SECCOMP_MODE_FILTER
				held &^= layers.Filter
			}
		case "Seccomp_filters":
			if _, err := fmt.Sscan(value, &n); err != nil || n < filters {
				held &^= layers.Filter
			}
		case "NoNewPrivs":
			if said++; value != "1" {
				held &^= layers.Rights
			}
		case "CapEff", "CapPrm", "CapInh", "CapAmb":
			if said++; strings.Trim(value, "0") != "" {
				held &^= layers.Rights
			}
		case "Uid":
			if said++; strings.HasPrefix(value, "0\t") {
				held &^= layers.Rights
			}
		}
	}
	if said != 7 { // something is not there to be read
		return 0
	}
	return held
}
