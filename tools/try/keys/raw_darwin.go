package keys

import "golang.org/x/sys/unix"

// Requests of a terminal.
const (
	get = unix.TIOCGETA
	set = unix.TIOCSETA
)
