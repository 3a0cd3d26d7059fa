package keys

import "golang.org/x/sys/unix"

// Requests of a terminal.
const (
	get = unix.TCGETS
	set = unix.TCSETS
)
