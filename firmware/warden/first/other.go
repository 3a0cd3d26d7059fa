//go:build !linux

package first

import "errors"

// Run fails: only Linux starts a board.
func Run(Setup) error { return errors.New("first: no first process is built for this system") }
