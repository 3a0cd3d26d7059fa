package crossing

// Crossing is one person having crossed one line. It lives for one cycle and is added to the tally.
type Crossing struct {
	Line    uint8
	Forward bool
	// Frame is the sequence number of the frame at which the person was on the line, some
	// frames before the crossing was sure.
	Frame uint32
}
