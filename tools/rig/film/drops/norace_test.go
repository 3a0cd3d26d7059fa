//go:build !race

package drops

const raceDetector = false
