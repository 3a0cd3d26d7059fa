package programs

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Peaks gives the most memory that a process and those it started had resident, in bytes, by name
// (VmHWM, proc(5)). Where the kernel does not tell, which is everywhere but on Linux, it is empty.
func Peaks(pid int) map[string]int {
	out := map[string]int{}
	all, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		f := fields(string(text))
		own, _ := strconv.Atoi(f["Pid"])
		parent, _ := strconv.Atoi(f["PPid"])
		kb, err := strconv.Atoi(strings.TrimSuffix(f["VmHWM"], " kB"))
		if err == nil && (own == pid || parent == pid) {
			out[f["Name"]] = kb << 10
		}
	}
	return out
}

func fields(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			out[name] = strings.TrimSpace(value)
		}
	}
	return out
}
