//go:build race

package v4l2smoke

const raceDetector = true
