//go:build race

package release

// raceDetector says that tests run many times slower.
const raceDetector = true
