package track

import (
	"math/bits"

	"tellijn/counting"
	"tellijn/counting/blob"
)

// birth starts a track at each blob that no track explains, at most four a cycle.
func (t *Table) birth(in *Seen, s *Scratch) {
	half := int((t.person/2 + 128) >> 8)
	apart, cast := square(t.length(t.s.Apart)), square(t.length(t.s.Cast))
	whole := t.mass(t.s.Birth)
	for range 4 {
		b, ok := s.Find.Take(&s.Free, in.Maybe, t.w, t.h, half, t.mass(t.s.Head))
		if !ok {
			return
		}
		place, near := t.nearest(b.X, b.Y)
		if near < apart || near < cast && b.Dim*256 > b.Mass*int32(t.s.Dim) {
			continue
		}
		if b.Mass < whole && !t.head(in, &b, half, place, near) {
			continue
		}
		i := bits.TrailingZeros64(^t.Live)
		if i >= counting.MaxTracks {
			t.Full++
			return
		}
		t.Tracks[i] = Track{X: b.X, Y: b.Y, Hits: 1, Mass: b.Mass, ax: b.X, ay: b.Y, doubt: in.Holding}
		t.Live |= 1 << i
		t.Born |= 1 << i
	}
}

// head tells that too little for a person is the head of one in clothes as grey as the floor in shade:
// it is round and no shadow, and what is under it looks like one and is nobody's. Beside somebody who
// has no head either it may be theirs, and they the shadow. near is the squared distance to the
// nearest track, which has this place.
func (t *Table) head(in *Seen, b *blob.Blob, half, place int, near int32) bool {
	least, round := t.mass(t.s.Head), int((t.length(t.s.Round)+128)>>8)
	firm := func(x, y int32, half int) bool {
		return blob.Without(in.Mask, in.Maybe, t.h, int(x>>8), int(y>>8), half) >= least
	}
	if !t.whole(&Track{X: b.X, Y: b.Y}) || near < square(t.length(t.s.Beside)) || !firm(b.X, b.Y, round) {
		return false
	}
	under := blob.Without(in.Dim, in.Mask, t.h, int(b.X>>8), int(b.Y>>8), half)
	if b.Mass+under < t.mass(t.s.Birth) {
		return false
	}
	k := &t.Tracks[place]
	return near >= square(t.length(t.s.Cast)) || t.whole(k) && firm(k.X, k.Y, half)
}

// nearest gives the place of the nearest track and its squared distance in 1/16 cell, which is very
// far when there is none.
func (t *Table) nearest(x, y int32) (place int, least int32) {
	least = 1 << 30
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		k := &t.Tracks[i]
		if d := square(k.X-x) + square(k.Y-y); d < least {
			place, least = i, d
		}
	}
	return place, least
}
