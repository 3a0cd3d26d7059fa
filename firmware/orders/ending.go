package orders

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
	Denied     Ending = 18 // the camera may not be opened
	Busy       Ending = 19 // another program holds the camera
	NoRoom     Ending = 20 // the USB bus has no room for the format
	TooCoarse  Ending = 21 // too few cells across a person
	Odd        Ending = 99 // a code that no eye has: see Known
)

// endings are the words for each code, and what somebody on a ladder can do about it.
func endings() map[Ending][2]string {
	return map[Ending][2]string{
		Ended:      {"ended", ""},
		BadOrders:  {"could not use its orders", "use the programs of one build"},
		Absent:     {"found no camera", "is the camera plugged in, and is its path right?"},
		Gone:       {"lost its camera", "look at the plug and the cable"},
		BadFormat:  {"cannot count on what the camera delivers", "another /dev/video, or another format or size in the configuration, may do"},
		Overdue:    {"stopped because a frame lived too long", "is the machine overloaded?"},
		NobodyAsks: {"stopped because nobody took its tallies", ""},
		Broken:     {"failed", "started by hand with its orders it says more"},
		Unconfined: {"could not be confined", "the list of layers above says what this kernel lacks"},
		Denied:     {"may not open the camera", "add the user to the group that owns it, usually video"},
		Busy:       {"found the camera in use", "another program holds it"},
		NoRoom:     {"found no room on the USB bus", "accept MJPEG, or wish for a smaller size"},
		TooCoarse:  {"sees people too small to count them", "more pixels, or a camera that hangs lower"},
	}
}

// Known gives e if an eye has such a code, or Odd: what is said or kept of a code must not be chosen
// by an eye that was taken over.
func (e Ending) Known() Ending {
	if _, ok := endings()[e]; ok {
		return e
	}
	return Odd
}

// String says it in plain words.
func (e Ending) String() string {
	if w, ok := endings()[e]; ok {
		return w[0]
	}
	return "ended with a code that no eye has"
}

// Hint says what can be done about it, or "".
func (e Ending) Hint() string { return endings()[e][1] }
