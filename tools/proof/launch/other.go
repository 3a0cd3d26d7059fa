//go:build !linux

// Package launch starts an eye alone for checks that look at it from outside, on Linux only.
package launch
