//go:build race

package forensics

const raceDetector = true
