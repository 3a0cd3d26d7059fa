//go:build !linux

package spaces

import (
	"fmt"
	"syscall"
)

// Start starts the program at path, as syscall.ForkExec does. Only Linux has namespaces, and only
// there does a child die with its parent.
func Start(path string, argv []string, attr syscall.ProcAttr, t Terms) (Started, error) {
	if t.Need && t.Want != 0 {
		return Started{}, fmt.Errorf("%w: only Linux has them", ErrRefused)
	}
	pid, err := syscall.ForkExec(path, argv, &attr)
	if err != nil {
		return Started{}, fmt.Errorf("spaces: starting %s: %w", path, err)
	}
	s := Started{Pid: pid}
	if t.Want != 0 {
		s.Why = syscall.ENOSYS
	}
	return s, nil
}
