//go:build race

package needles_test

const raceDetector = true
