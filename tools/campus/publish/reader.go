package publish

import "tellijn/tools/campus/world"

// The hours in which numbers are read: from 7:30 up to 22:00. The day of a reader begins at 4:00.
const (
	Opens  = 30
	Closes = 88
	Anchor = 16
)

// Open says whether the campus is open in an interval.
func Open(interval int) bool {
	t := interval % world.PerDay
	return t >= Opens && t < Closes
}

// Reader is whoever receives a room and wants to know how many are inside. It knows how the rule
// works, and nothing else.
type Reader struct {
	rule   Rule
	levels []int32 // by line
	inside int32
}

// NewReader gives a reader of a room with that many lines.
func NewReader(rule Rule, lines int) *Reader {
	return &Reader{rule: rule, levels: make([]int32, lines)}
}

// Read takes what one line showed; the lines of a room are read in their order.
func (r *Reader) Read(line, interval int, s Shown) {
	if interval%world.PerDay == Anchor && line == 0 {
		r.inside = 0
	}
	r.levels[line] = s.Level
	r.inside += s.In - s.Out
	if line == len(r.levels)-1 { // all doors have been read, and nobody is inside less than nobody
		r.inside = max(0, r.inside)
	}
}

// Level is what a rule in steps says at this moment: the published steps of all doors.
func (r *Reader) Level() (people int32) {
	for _, l := range r.levels {
		people += l
	}
	return people
}

// Inside is the best guess of the people inside. Under a rule in steps of k the truth lies from the
// level up to 2k-2 above, and the guess is the middle; a room at level 0 is taken for empty.
func (r *Reader) Inside() int32 {
	if r.rule.Steps == 0 || r.rule.Apart {
		return r.inside
	}
	if l := r.Level(); l > 0 {
		return l + r.rule.Steps - 1
	}
	return 0
}
