// Package hal holds the words that every hardware part shares. A part is a driver instance on a
// board; a part that a board does not have is absent, which is not an error of the device.
package hal

import "errors"

// ErrAbsent is wrapped by drivers whose hardware, kernel interface or operating system is not
// there. Callers print it as "Skipped (why)" and go on, or stop if they cannot do without.
var ErrAbsent = errors.New("not on this machine")
