//go:build !race

package boot

const raceDetector = false
