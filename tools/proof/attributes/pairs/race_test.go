//go:build race

package pairs

// raceEnabled tells that everything is about ten times slower.
const raceEnabled = true
