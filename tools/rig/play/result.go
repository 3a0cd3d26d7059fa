// Package play runs one scenario on a bench: one step after the other, each with what was seen, under a wall
// limit, with a timeline of everything that happened, and an end in good order whatever happens. It knows no step by
// name and no bench by kind. It is for the rig, outside the data path.
package play

import (
	"time"

	"tellijn/tools/rig/bench"
)

// Verdict is what became of a scenario.
type Verdict string

// The three verdicts. One that could not be run is neither green nor red.
const (
	Green    Verdict = "green"
	Red      Verdict = "red"
	CouldNot Verdict = "could not"
)

// Result is what became of one scenario, for the table and the report. All of it can be written as JSON. Moments
// are seconds of this computer since the scenario began.
type Result struct {
	Scenario Scenario `json:"scenario"`
	Bench    string   `json:"bench"` // "virtual" or "real"
	Verdict  Verdict  `json:"verdict"`
	// Reason says why it is not green: which step failed and what was seen there, or what the bench lacks.
	Reason string `json:"reason,omitempty"`
	// Absent says that it could not be run because something is missing on this computer, such as a program.
	Absent bool      `json:"absent,omitempty"`
	Began  time.Time `json:"began"`
	Took   float64   `json:"took"`  // seconds
	Image  string    `json:"image"` // SHA-256 of the card's image in hex, "" if none was reached
	Steps  []Step    `json:"steps"`
	// Timeline is in the order of At.
	Timeline []Event            `json:"timeline"`
	Curves   map[string][]Point `json:"curves,omitempty"`
	Counts   []Line             `json:"counts,omitempty"`
	Records  []Record           `json:"records,omitempty"`
	// Files stay with the report; paths are relative to its folder and have slashes.
	Files []File `json:"files,omitempty"`
	// Console is all that the board said, with the moments at which it was heard.
	Console []Said `json:"console,omitempty"`
}

// Scenario is what the head of its file says.
type Scenario struct {
	Name   string   `json:"name"` // of the file, without .txt
	Title  string   `json:"title"`
	Why    string   `json:"why"`
	Board  string   `json:"board"`
	Tags   []string `json:"tags,omitempty"`
	Expect float64  `json:"expect"` // seconds that it usually takes
	// Setup is all that was asked for, as it stands in the head: key and value.
	Setup [][2]string `json:"setup,omitempty"`
	Text  string      `json:"text"` // the whole file
}

// Step is one sentence and what became of it. One that was not reached has neither From nor To.
type Step struct {
	Line  int     `json:"line"` // in the file, from 1
	Text  string  `json:"text"`
	Check bool    `json:"check,omitempty"`
	Ran   bool    `json:"ran"`
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Saw   string  `json:"saw,omitempty"`
	Err   string  `json:"err,omitempty"`
}

// Kinds of an event on the timeline.
const (
	KindSaid   = "said"   // by the bench or a step, what happened outside of the board
	KindLamp   = "lamp"   // the status lamp went on (High) or off
	KindCamera = "camera" // the camera's supply went on (High) or off
	KindPower  = "power"  // of the board: on (High) or off
	KindRecord = "record" // a record came to the collector
	KindFault  = "fault"  // a step that spoils something; High while it lasts, if that is known
)

// Event is one thing that happened.
type Event struct {
	At   float64 `json:"at"`
	Kind string  `json:"kind"`
	Text string  `json:"text,omitempty"`
	High bool    `json:"high,omitempty"`
}

// Point is one of a curve.
type Point struct {
	T float64 `json:"t"`
	Y float64 `json:"y"`
}

// Line are the counts of one line of the scene, as far as they were asked for; nil is what was not.
type Line struct {
	Truth    *bench.Counts `json:"truth,omitempty"`    // people that were drawn, or are known to be on the clip
	Replayed *bench.Counts `json:"replayed,omitempty"` // the same frames counted on this computer
	Booked   *bench.Counts `json:"booked,omitempty"`   // what the device answers for
}

// Record is one that came to the collector; it holds coarse counts only, as all records do.
type Record struct {
	At       float64    `json:"at"`
	Sequence uint32     `json:"sequence"`
	From     int64      `json:"from"` // Unix seconds of the device
	To       int64      `json:"to"`
	Coverage uint8      `json:"coverage"`          // percent
	Lifetime [2]int     `json:"lifetime"`          // class of milliseconds of a frame: worst, p99.9
	Quality  uint32     `json:"quality,omitempty"` // bits, as in the record
	Lines    [][2]int64 `json:"lines,omitempty"`   // released so far: forward, backward
}

// File is one that a step left.
type File struct {
	Name string `json:"name"` // as the step called it
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// Said is one line of the console.
type Said struct {
	At   float64 `json:"at"`
	Line string  `json:"line"`
}
