//go:build !race

package debian

const raceDetector = false
