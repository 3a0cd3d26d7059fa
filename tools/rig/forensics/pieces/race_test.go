//go:build race

package pieces

const raceDetector = true
