//go:build race

package radio

const raceDetector = true
