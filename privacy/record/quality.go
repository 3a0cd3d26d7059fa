package record

import (
	"math/bits"
	"time"

	"tellijn/counting/tally"
	"tellijn/privacy/layers"
)

// firstLayer is the quality bit of the first layer of privacy/layers. The bits below are those of
// counting/tally, with room for more.
const firstLayer = 16

// anyQuality are the quality bits that there are.
const anyQuality = tally.Relit | tally.Crowded | tally.Full | tally.Starved | tally.Coarse | uint32(layers.All)<<firstLayer

// Weekly are the quality bits that would betray a lone person in the record of an interval. They are
// only in the first record of a week's window, for the week before.
const Weekly = tally.Relit | tally.Crowded

// Lacking gives the quality bits of a record in which these layers held the eye in, and no other: one
// bit for each layer that did not.
func Lacking(held layers.Layers) uint32 { return uint32(layers.All&^held) << firstLayer }

// Held gives the layers that held the eye in during all of the record. Where no frame was counted
// it gives all, for there was no eye to hold.
func (r *Record) Held() layers.Layers { return layers.All &^ layers.Layers(r.Quality>>firstLayer) }

// Class gives the class of a number for Dropped and Damaged: how many bits it has, at most 15. So 0 is
// none, 1 is one, 2 is two or three, 3 is four to seven.
func Class(n uint64) uint8 { return uint8(min(bits.Len64(n), maxClass)) }

// lifetimes are the classes of Milliseconds but the last, which is 255.
func lifetimes() [8]uint8 { return [8]uint8{1, 2, 5, 10, 20, 50, 100, 200} }

// Milliseconds gives the class of a duration for Lifetime: the smallest of 1, 2, 5, 10, 20, 50, 100 and
// 200 ms that it does not pass, or 255.
func Milliseconds(d time.Duration) uint8 {
	for _, c := range lifetimes() {
		if d <= time.Duration(c)*time.Millisecond {
			return c
		}
	}
	return 255
}

func isLifetime(class uint8) bool {
	return class == Milliseconds(time.Duration(class)*time.Millisecond)
}

// Percent gives the Coverage of counted out of expected frames, rounded down. Where none were expected
// it is 0; a camera that gives more than it says makes 100.
func Percent(counted, expected uint64) uint8 {
	if expected == 0 {
		return 0
	}
	whole, part := bits.Mul64(min(counted, expected), 100)
	percent, _ := bits.Div64(whole, part, expected)
	return uint8(percent)
}
