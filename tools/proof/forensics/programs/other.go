//go:build !linux

// Package programs runs all programs of a device together, on Linux only.
package programs
