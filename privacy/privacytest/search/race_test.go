//go:build race

package search_test

// raceDetector is on: its shadow of the memory is terabytes wide.
const raceDetector = true
