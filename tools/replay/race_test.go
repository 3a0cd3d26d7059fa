//go:build race

package main

// raceEnabled tells that everything is about ten times slower.
const raceEnabled = true
