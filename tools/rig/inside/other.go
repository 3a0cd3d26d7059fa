//go:build !linux

// Package inside is what a program does in a virtual machine; the machine runs Linux.
package inside

// Guest tells that this is no such machine.
func Guest() bool { return false }
