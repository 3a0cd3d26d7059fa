//go:build !race

package repeat

const raceDetector = false
