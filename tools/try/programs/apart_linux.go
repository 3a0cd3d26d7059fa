package programs

import "syscall"

// apart keeps a program away from the terminal's signals, and ends it with this one.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
