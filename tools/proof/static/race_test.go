//go:build race

package static

// raceEnabled tells that everything is about ten times slower.
const raceEnabled = true
