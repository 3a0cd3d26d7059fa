package orders

import "fmt"

// Ending is the exit code of the eye: the only other thing it says.
type Ending int

// The endings. 1 and 2 are left to the Go runtime.
const (
	Ended      Ending = 0  // stopped in order, or a finite source is used up
	BadOrders  Ending = 10 // the orders do not hold
	Absent     Ending = 11 // there is no such camera or driver here
	Gone       Ending = 12 // the camera was unplugged or gave up
	BadFormat  Ending = 13 // the camera offers or delivers nothing that can be counted on
	Overdue    Ending = 14 // a frame lived longer than allowed
	NobodyAsks Ending = 15 // nobody reads the tallies any more
	Broken     Ending = 16 // anything else
	Unconfined Ending = 17 // the kernel does not hold it in as it must
)

// String says it in plain words.
func (e Ending) String() string {
	switch e {
	case Ended:
		return "ended"
	case BadOrders:
		return "could not use its orders"
	case Absent:
		return "found no camera"
	case Gone:
		return "lost its camera"
	case BadFormat:
		return "cannot count on what the camera delivers"
	case Overdue:
		return "stopped because a frame lived too long"
	case NobodyAsks:
		return "stopped because nobody took its tallies"
	case Unconfined:
		return "could not be confined"
	case Broken:
		return "failed"
	}
	return fmt.Sprintf("ended with code %d", int(e))
}
