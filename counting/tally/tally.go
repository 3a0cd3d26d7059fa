// Package tally adds up one interval: crossings per line, people per zone, and how well the
// counting went. It is the only thing that leaves the eye, as a message of a fixed size. It never
// holds a track, a time of a crossing, or anything about one person.
package tally

import "tellijn/counting"

// Quality bits say what disturbed the interval.
const (
	Relit   = 1 << iota // the light jumped and the background was learnt anew
	Crowded             // people stood so close that single ones may be missed
	Full                // a table was full and something was dropped
	Starved             // fewer than 9 in 10 expected frames were counted on
	Coarse              // the camera gives fewer than 6 cells a person
)

// Line holds the crossings of one line.
type Line struct{ Forward, Backward uint32 }

// Zone holds the people in one zone: at the end of the interval and at most.
type Zone struct{ Inside, Peak uint16 }

// Tally holds the counters of one interval [From, To) of pipeline time, counted in frame intervals
// since the start of the eye.
type Tally struct {
	Number   uint32 // tallies since the eye started, from 0
	From, To uint32 // frame sequence numbers
	Cycles   uint32 // frames counted on; at most To - From
	Damaged  uint32 // frames that came damaged
	Dropped  uint32 // blobs, tracks and crossings that found a table full
	Lifetime Lifetime
	Quality  uint32
	Lines    [counting.MaxLines]Line
	Zones    [counting.MaxZones]Zone
}

// Lifetime says how long frames lived, from dequeue to wiped, in microseconds.
type Lifetime struct {
	Worst uint32 // the longest of the interval
	P999  uint32 // upper bound of the 99.9th percentile since start
}
