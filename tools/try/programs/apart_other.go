//go:build !linux

package programs

import "syscall"

// apart keeps a program away from the terminal's signals.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
