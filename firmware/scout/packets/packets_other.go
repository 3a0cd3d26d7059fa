//go:build !linux

// Package packets stands in where there is no Linux: the scout is for the machine of a board.
package packets

import "errors"

// ErrLinux is the error of all methods where there is no Linux.
var ErrLinux = errors.New("packets: only built for Linux")

// Socket is none.
type Socket struct{}

// Open makes nothing.
func Open(int) *Socket { return nil }

// Read reads nothing.
func (*Socket) Read([]byte) (int, bool, error) { return 0, false, ErrLinux }

// Write writes nothing.
func (*Socket) Write([]byte) (int, error) { return 0, ErrLinux }

// Close lets go of nothing.
func (*Socket) Close() error { return nil }
