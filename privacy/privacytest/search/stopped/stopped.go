// Package stopped holds another process still, with all its threads, and reads their registers. It
// changes nothing in that process, and lets it go on as if nothing had been, signals that came
// meanwhile included. It stands outside the data path, for privacy/privacytest/search, and works on
// Linux only.
package stopped

import "errors"

// Errors of Stop.
var (
	// ErrGone is wrapped when the process is not there, or ends meanwhile.
	ErrGone = errors.New("stopped: no such process")
	// ErrDenied is wrapped when the kernel does not let this process look into that one.
	ErrDenied = errors.New("stopped: no permission")
)
