package bench

import (
	"context"
	"time"
)

// Step is one sentence that a scenario may have, such as
//
//	the console says {text} within {duration}
//
// {text} stands for something in double quotes, {word} for one word, {number} for a whole number, {duration} for a
// number and ms, s, min or h. All other words are as they stand.
type Step struct {
	Pattern string
	Doc     string // one line for the list of all steps
	// Do does it and tells in a few words what it saw, also beside an error. Checks are steps that change nothing.
	Do    func(ctx context.Context, s *Scene, a Args) (saw string, err error)
	Check bool
}

// Args are what stands in the slots of a step, in order.
type Args struct {
	Texts     []string // of {text} and {word}
	Numbers   []int
	Durations []time.Duration
}

// Scene is one scenario under way.
type Scene struct {
	Rig   Rig
	Setup Setup
	// Say tells what happens, for the timeline. A text that begins with Fault is marked there.
	Say func(format string, args ...any)
	// Point adds a point to a curve of the report, such as "memory" (KiB) or "frames"; seconds since the start.
	Point func(curve string, y float64)
	// File gives the path of a new file that stays with the report.
	File func(name string) string
	// Scratch is a folder that is removed after the scenario.
	Scratch string
	// Mark is where steps begin to look on the console; a step that acts sets it.
	Mark int
	// Keep is what one step leaves to a later one, by a name that its package owns. The report shows those below.
	Keep map[string]any
}

// Fault begins what is said of something that was spoilt on purpose.
const Fault = "fault: "

// What every bench says when the board's power is turned.
const (
	Powered = "the board gets power"
	Dark    = "the board has no power"
)

// Names in Scene.Keep of counts by line, each a []Counts, that the report shows beside one another.
const (
	KeepTruth    = "truth"    // people that were drawn, or are known to be on the clip
	KeepReplayed = "replayed" // the same frames, counted on this computer
	KeepBooked   = "booked"   // what the device answers for
)
