// Package track follows people through the mask in a fixed table. Fifth stage of counting, after
// blob. A track is a place, a velocity and an age; it has no identity, and is gone when its person
// is.
package track

import (
	"math/bits"
	"time"

	"tellijn/counting"
	"tellijn/counting/blob"
)

// Track is one person followed over cycles. Lengths are in 1/256 cell.
type Track struct {
	X, Y   int32 // centre; the middle of the first cell is 128
	VX, VY int32 // a cycle
	Hits   uint32
	Miss   uint32 // cycles unseen
	Mass   int32  // cells owned in this cycle

	Mate uint8  // place + 1 of the track that goes along closest to it, 0 for none
	With uint32 // cycles it has
	Into uint8  // place of the track it was merged into
	company

	px, py   int32 // predicted for this cycle
	ax, ay   int32 // anchor: where it was when it last had moved
	anchored uint32
	near     uint32 // cycles that an older track was too near
	walks    bool   // it has moved as far as somebody who walks
	doubt    bool   // it began in a light jump
	pale     bool   // more than half of it looks like shadow
}

// Table holds all tracks. A set holds one bit a place in the table.
type Table struct {
	Tracks  [counting.MaxTracks]Track
	Live    uint64 // places in use
	Born    uint64 // that began in this cycle
	Ended   uint64 // whose person left or was lost in this cycle
	Merged  uint64 // that turned out to be part of another in this cycle
	Covered int32  // cells of the mask in this cycle
	Full    uint32 // births refused in this cycle because the table was full

	w, h                  int
	person                int32 // side, 1/256 cell
	area                  int32 // cells
	s                     Settings
	coast, protect        uint32 // cycles
	window, recall, rigid int32  // cycles
	walk2                 int64  // squared velocity
	reach2, core2         int32  // squares of lengths in 1/16 cell
}

// Scratch is wiped every cycle.
type Scratch struct {
	Free  counting.Bits // mask cells that no track owns
	Find  blob.Finder
	sums  [counting.MaxTracks]sum
	reach [counting.MaxTracks]candidate
}

type sum struct{ mass, dim, core, x, y int32 }

// Set sizes the table for w x h cells, a person of this side in 1/256 cell, and one cycle each
// interval.
func (t *Table) Set(w, h int, person int32, interval time.Duration, s Settings) {
	t.w, t.h, t.person, t.s = w, h, person, s
	t.area = int32(int64(person) * int64(person) >> 16)
	t.coast = uint32(s.Coast / interval)
	t.protect = uint32(s.Protect / interval)
	walk := int64(t.length(s.Walk)) * int64(interval) / int64(time.Second)
	t.walk2 = walk * walk
	// A few cycles at least, where frames are rare: of two nothing can be said.
	t.window, t.recall, t.rigid = max(1, int32(s.Window/interval)), max(8, int32(s.Recall/interval)), max(4, int32(s.Rigid/interval))
	t.reach2, t.core2 = square(t.length(s.Reach)), square(t.length(s.Core))
}

// length turns 1/256 person into 1/256 cell.
func (t *Table) length(part int) int32 { return int32(int64(part) * int64(t.person) >> 8) }

// mass turns 1/256 of a person's area into cells, at least one.
func (t *Table) mass(part int) int32 { return max(1, int32(part)*t.area>>8) }

func square(v int32) int32 { return (v >> 4) * (v >> 4) }

// Seen is what a cycle shows the tracker.
type Seen struct {
	Mask    *counting.Bits // where people are
	Maybe   *counting.Bits // cells that may be shadow
	Dim     *counting.Bits // cells that look like shadow, some of them in the mask all the same
	Elapsed uint32         // cycles since the last
	Holding bool           // the light has just jumped
}

// Step moves every track by the cycles elapsed and finds its person in the mask again, ends the
// lost and starts the new.
func (t *Table) Step(in *Seen, s *Scratch) {
	t.Born, t.Ended, t.Merged, t.Full, t.Covered = 0, 0, 0, 0, 0
	t.predict(int32(in.Elapsed))
	t.assign(in, s, false)
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		k, a := &t.Tracks[i], &s.sums[i]
		if a.mass >= t.mass(t.s.Hold) {
			k.X, k.Y = a.x/a.mass, a.y/a.mass
		}
	}
	t.assign(in, s, true)
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		t.update(&t.Tracks[i], &s.sums[i], in.Elapsed)
	}
	t.merge()
	t.leave()
	t.pair(in.Elapsed)
	t.birth(in, s)
	if in.Holding {
		t.stall()
	}
}

func (t *Table) predict(elapsed int32) {
	for set := t.Live; set != 0; set &= set - 1 {
		k := &t.Tracks[bits.TrailingZeros64(set)]
		k.X += k.VX * elapsed
		k.Y += k.VY * elapsed
		k.px, k.py = k.X, k.Y
	}
}

// update takes the found place, or coasts.
func (t *Table) update(k *Track, a *sum, elapsed uint32) {
	if a.core < t.mass(t.s.Hold) {
		k.X, k.Y = k.px, k.py
		k.VX -= k.VX / 10
		k.VY -= k.VY / 10
		k.Mass = 0
		k.Miss += elapsed
		return
	}
	x, y := a.x/a.core, a.y/a.core
	gain := int32(t.s.Gain)
	if k.Hits == 1 {
		gain = 180 // the first step says most about the velocity
	}
	k.VX += (x - k.px) * gain >> 8 / int32(elapsed)
	k.VY += (y - k.py) * gain >> 8 / int32(elapsed)
	k.X, k.Y, k.Mass, k.Miss = x, y, a.mass, 0
	k.pale = a.dim*256 > a.mass*int32(t.s.Pale)
	k.Hits++
	k.anchored += elapsed
	if k.Hits >= Sure && square(k.X-k.ax)+square(k.Y-k.ay) > square(t.length(t.s.Moved)) {
		k.ax, k.ay, k.anchored, k.walks = k.X, k.Y, 0, true
	}
}

// leave ends the tracks whose person is gone.
func (t *Table) leave() {
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		if t.lost(&t.Tracks[i]) {
			t.Ended |= 1 << i
		}
	}
	t.Live &^= t.Ended
}

// lost tells that a track has been unseen too long or has left the picture.
func (t *Table) lost(k *Track) bool {
	return k.Miss > t.coast || k.Hits < Sure && k.Miss > 1 ||
		k.X < -t.person || k.Y < -t.person ||
		k.X > int32(t.w)<<8+t.person || k.Y > int32(t.h)<<8+t.person
}

// Sure tells that a track was seen often enough to count; one that began in a light jump must have
// walked, too.
func (k *Track) Sure() bool { return k.Hits >= Sure && (k.walks || !k.doubt) }

// stall lets tracks that began in a light jump start anew: what walked was the light.
func (t *Table) stall() {
	for set := t.Live; set != 0; set &= set - 1 {
		if k := &t.Tracks[bits.TrailingZeros64(set)]; k.doubt {
			k.ax, k.ay, k.anchored, k.walks = k.X, k.Y, 0, false
		}
	}
}
