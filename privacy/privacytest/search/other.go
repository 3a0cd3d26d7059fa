//go:build !linux

package search

import (
	"tellijn/hal"
	"tellijn/privacy/privacytest/search/stopped"
)

// memory is not reached: no process is stopped here.
func (f *finder) memory(int, *stopped.Process) error { return hal.ErrAbsent }
