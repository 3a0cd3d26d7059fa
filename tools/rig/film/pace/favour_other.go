//go:build !linux

package pace

import "errors"

// Favour does nothing here.
func Favour(int) error { return errors.New("pace: only done on Linux") }
