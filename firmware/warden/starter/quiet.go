package starter

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Logged is where the kernel says, and is told, which answers of a filter it writes into its log.
// (Linux, userspace-api/seccomp_filter.rst, "Sysctls")
const Logged = "/proc/sys/kernel/seccomp/actions_logged"

// Quiet has the kernel not write into its log which system call a program was ended for: the number of
// that call is chosen by whoever makes it, and could be four pixels. path is Logged. It changes the
// whole machine, so it is for boards that count people; elsewhere the log of one's own computer is
// one's own.
func Quiet(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("starter: %w", err)
	}
	keep := slices.DeleteFunc(strings.Fields(string(text)), func(action string) bool {
		return action == "kill_process" || action == "kill_thread" || action == "log"
	})
	if err := os.WriteFile(path, []byte(strings.Join(keep, " ")+"\n"), 0); err != nil {
		return fmt.Errorf("starter: %w", err)
	}
	if text, err = os.ReadFile(path); err == nil && strings.Contains(string(text), "kill_process") {
		err = fmt.Errorf("the kernel did not take it")
	}
	if err != nil {
		return fmt.Errorf("starter: %s: %w", path, err)
	}
	return nil
}
