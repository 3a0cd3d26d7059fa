// Package crossing decides when a track has crossed a line. Sixth stage of counting, after track.
// Crossing is confirmed late and stamped early: a turn in the door is none, and one crossing is
// not two.
package crossing

import (
	"math/bits"
	"time"

	"tellijn/counting"
	"tellijn/counting/scene"
	"tellijn/counting/track"
)

// Crossing is one person having crossed one line. It lives for one cycle and is added to the tally.
type Crossing struct {
	Line    uint8
	Forward bool
	// Frame is the sequence number of the frame at which the person was on the line, some
	// frames before the crossing was sure.
	Frame uint32
}

// state is what is known of one track and one line. Lengths are in 1/256 cell.
type state struct {
	side    int8   // +1 right-hand side of the line, -1 left: where the track counts as being
	pending int8   // the side it seems to have gone to, 0 for none
	to      int8   // the side it went to when last counted
	far     int32  // farthest it was on its side since it was there
	last    int32  // distance when last seen
	onLine  uint32 // sequence number when it last came over the line
	done    uint32 // sequence number + 1 when it was last counted here, 0 for never
}

// Counter watches all tracks at all lines.
type Counter struct {
	states [counting.MaxTracks][counting.MaxLines]state
	lines  [counting.MaxLines]line
	n      int
	found  [counting.MaxCrossings]Crossing
	count  int
	Full   uint32 // crossings of this cycle that found no place in its list

	band, travel, deep, lost, margin int32
	along, recent                    uint32
}

// Set places the lines; lengths of the picture and the person are in 1/256 cell.
func (c *Counter) Set(sc *scene.Scene, spanX, spanY int, person int32, interval time.Duration, s Settings) {
	c.n = sc.NLines
	for i := range c.n {
		c.lines[i].set(sc.Lines[i], spanX, spanY)
	}
	length := func(part int) int32 { return int32(int64(part) * int64(person) >> 8) }
	c.band, c.travel, c.deep = length(s.Band), length(s.Travel), length(s.Deep)
	c.lost, c.margin = length(s.Lost), length(s.Margin)
	c.along, c.recent = uint32(s.Along/interval), uint32(s.Recent/interval)
}

// Step looks at every track after a cycle and returns the crossings that became sure. The result
// is valid until the next call. While holding, no crossing starts.
func (c *Counter) Step(t *track.Table, sequence uint32, holding bool) []Crossing {
	c.count, c.Full = 0, 0
	for set := t.Ended; set != 0; set &= set - 1 {
		c.end(bits.TrailingZeros64(set), t, sequence)
	}
	for set := t.Merged; set != 0; set &= set - 1 {
		c.inherit(bits.TrailingZeros64(set), t, sequence)
	}
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		k := &t.Tracks[i]
		if t.Born>>i&1 != 0 {
			c.begin(i, k, sequence)
			continue
		}
		if k.Miss > 0 {
			continue
		}
		for j := range c.n {
			c.look(i, j, t, sequence, holding)
		}
	}
	return c.found[:c.count]
}

// begin puts a new track on the side of each line where it is.
func (c *Counter) begin(i int, k *track.Track, sequence uint32) {
	for j := range c.n {
		across, _ := c.lines[j].distance(k.X, k.Y)
		s := &c.states[i][j]
		*s = state{side: 1, far: across, last: across, onLine: sequence}
		if across < 0 {
			s.side = -1
		}
	}
}

// look follows one track at one line.
func (c *Counter) look(i, j int, t *track.Table, sequence uint32, holding bool) {
	s, k := &c.states[i][j], &t.Tracks[i]
	across, along := c.lines[j].distance(k.X, k.Y)
	if across >= 0 != (s.last >= 0) {
		s.onLine = sequence
	}
	s.last = across
	if s.pending != 0 {
		beyond := across * int32(s.pending)
		switch {
		case beyond <= -c.band: // came back, so nothing happened
			s.pending = 0
		case beyond > c.deep:
			c.confirm(i, j, t, sequence)
		}
		return
	}
	if along < -c.margin || along > c.lines[j].length+c.margin {
		if across*int32(s.side) < 0 { // walked round the end: the side follows, nothing is counted
			s.side, s.far = -s.side, across
		}
		return
	}
	back := across * int32(s.side)
	switch {
	case back < -c.band && abs(across-s.far) > c.travel && k.Sure() && !holding:
		s.pending = -s.side
		if -back > c.deep {
			c.confirm(i, j, t, sequence)
		}
	case back > 0 && back > s.far*int32(s.side):
		s.far = across
	}
}

func (c *Counter) emit(s *state, j int, sequence uint32) {
	if c.count == len(c.found) {
		c.Full++
	} else {
		c.found[c.count] = Crossing{Line: uint8(j), Forward: s.pending > 0, Frame: s.onLine}
		c.count++
	}
	s.done, s.to = sequence+1, s.pending
	s.over()
}

// over puts a track on the side where it seems to have gone.
func (s *state) over() { s.side, s.pending, s.far = s.pending, 0, s.last }

func abs(v int32) int32 {
	if v < 0 {
		return -v
	}
	return v
}
