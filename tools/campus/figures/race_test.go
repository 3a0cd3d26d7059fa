//go:build race

package figures

// race says that the race detector runs, which makes everything ten times slower.
const race = true
