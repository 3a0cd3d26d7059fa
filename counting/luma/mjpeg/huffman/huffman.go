// Package huffman turns the Huffman codes of an MJPEG frame into lookups that skip most of it. It
// sees the codes, never coded data. counting/luma/mjpeg/scan walks through blocks with them.
//
// An entry of a lookup answers from the next few bits of the stream. It goes further than one
// symbol: as many as end within those bits are taken in one step, with the magnitude bits that
// belong to them, because of most coefficients nothing is wanted but where they end.
//
//	bits 0..5   bits to take
//	bits 6..13  how far the coefficient index k moves; the end of the block adds Ended
//	bit  14     Far: the magnitude bits lie beyond the lookup; their number takes the place of the value
//	bits 16..   values, in lookups that read any
//
// An entry of Lost means that the bits begin with a code longer than the lookup, or with none.
package huffman

const (
	// Bits that index all lookups but Low. More make the decoder slightly faster and twice as
	// large each: 10 keep it under 24 KB, three quarters of the L1 cache of a Cortex-A53.
	Bits = 10
	// LowBits index Low.
	LowBits = 9
	// Shift to the movement of k.
	Shift = 6
	// Far marks an entry whose magnitude bits are still to be read.
	Far = 1 << 14
	// Ended is added to k at the end of a block. A k with bit 6 is then always beyond the last
	// coefficient: the lookup ran over the end of the block, or is Lost.
	Ended = 128
	// Lost is the entry of bits that do not answer.
	Lost = 192 << Shift
	// Inside is the upper half of Chroma.
	Inside = 1 << Bits
)

// The largest magnitude categories of 8-bit frames (T.81 tables F.1 and F.2).
const (
	maxDC = 11
	maxAC = 10
)

// Tables holds the codes of a frame and the lookups built from them. They outlast the frame: a
// camera sends the same ones each time, and then nothing is built again.
type Tables struct {
	codes [2][2]code // DC and AC, two of each
	given [2][2]bool // in this frame
	any   bool       // whether one was given
	built Choice     // what the lookups fit, if they fit anything

	// Luma begins a luma block. Its values are the difference of the DC coefficient and the
	// coefficients 1, 2 and 4 of the zigzag order, signed, 12 bits each.
	Luma [1 << Bits]uint64
	// Low reads one AC coefficient of luma; its value is signed and has 16 bits.
	Low [1 << LowBits]uint32
	// Skip skips AC coefficients of luma.
	Skip [1 << Bits]uint16
	// Chroma skips from the start of a block, and from Inside on AC coefficients.
	Chroma [2][2 << Bits]uint16
}

// Choice is what lookups are built for, besides the codes themselves.
type Choice struct {
	Near  bool // whether coefficients 1, 2 and 4 are wanted
	Comps int  // components in the scan: 1 or 3, 0 if nothing is built
	Pairs [3]Pair
}

// Pair is the choice of codes of one component: 0 or 1.
type Pair struct{ DC, AC uint8 }

// Slot is the place in Chroma of component 1 or 2: they share one if they share codes.
func (t *Tables) Slot(comp int) int {
	if comp == 2 && t.built.Pairs[2] != t.built.Pairs[1] {
		return 1
	}
	return 0
}

// Extend turns the leading size bits into a coefficient (T.81 F.2.2.1, EXTEND): a first bit of 0
// means a negative one. The size is 0 to 15.
func Extend(bits uint64, size uint) int32 {
	value := int32(bits >> 1 >> (63 - size&15))
	negative := int32(^bits >> 63)
	return value - (1<<(size&15)-1)&-negative
}
