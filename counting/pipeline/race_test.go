//go:build race

package pipeline

// raceEnabled tells that everything is about ten times slower.
const raceEnabled = true
