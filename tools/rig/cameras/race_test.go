//go:build race

package cameras

const raceDetector = true
