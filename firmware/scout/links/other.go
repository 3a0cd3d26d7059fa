//go:build !linux

package links

import (
	"errors"

	"tellijn/firmware/scout/lease"
)

// ErrLinux is the error of all methods where there is no Linux.
var ErrLinux = errors.New("links: only built for Linux")

// Kernel stands in where there is no Linux.
type Kernel struct{}

// List gives nothing.
func (Kernel) List() ([]Link, error) { return nil, ErrLinux }

// Watch watches nothing.
func (Kernel) Watch() (<-chan struct{}, error) { return nil, ErrLinux }

// Up does nothing.
func (Kernel) Up(int) error { return ErrLinux }

// Set sets nothing.
func (Kernel) Set(int, lease.Lease) error { return ErrLinux }

// Clear takes nothing away.
func (Kernel) Clear(int) error { return ErrLinux }

// Packet makes nothing.
func (Kernel) Packet(int) (int, error) { return -1, ErrLinux }
