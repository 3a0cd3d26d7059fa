//go:build !race

package guesttest

const raceDetector = false
