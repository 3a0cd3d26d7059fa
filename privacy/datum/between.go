package datum

import "fmt"

// between is what the programs tell each other.
func between(s Sizes) Section {
	return Section{
		Title: "Between the programs",
		Data: []Datum{
			{"orders", "warden to eye, on a pipe", fmt.Sprintf("kind of board, path and format of the camera, lines, zones, size of a person, what a drawn camera plays; %s bytes, always", thousands(s.Orders)),
				"once, at start", "warden, eye", "with the eye", []Fields{
					{"firmware/orders.Orders", "Beat Board Device Driver Scene Sim Speed Wanted"}, {"firmware/orders.Scripted", "Play Seconds Seed"},
					{"firmware/orders.Wanted", "Height Interval Pixel Width"}, {"counting/scene.Scene", "Lines NLines NZones PersonArea Zones"},
					{"counting/scene.Line", "A B"}, {"counting/scene.Point", "X Y"}, {"counting/scene.Zone", "Corners N"}}},
			{"tally", "eye to warden, on a pipe", fmt.Sprintf("**exact** counters of a beat, lifetimes, quality, format of the camera, which walls hold; %d bytes, always", s.Tally),
				fmt.Sprintf("a beat, %s to %s", span(s.MinBeat), span(s.MaxBeat)), "eye, warden", "read, added up, and gone with the memory of the next", []Fields{
					{"counting/tally.Tally", "Cycles Damaged Dropped From Lifetime Lines Number Quality To Zones"}, {"counting/tally.Line", "Backward Forward"},
					{"counting/tally.Zone", "Inside Peak"}, {"counting/tally.Lifetime", "P999 Worst"},
					{"privacy/wire.Message", "Stream Tally"}, {"privacy/wire.Stream", "Held Height Interval Pixel Width"}}},
			{"starts and endings", "between the two halves of the warden, on a socket without a name", fmt.Sprintf("which program to start with which descriptors, how it ended, and its fingerprint; %d bytes, always", s.Start),
				"at each start and end of a program", "warden", "read", []Fields{{"firmware/warden/talk.Message", "Code Errno Files Held Kind Pid Program Serial Signal Spaces Stage Sum"}}},
			{"alarm", "eye and warden: a timer of the kernel", "that a frame has been in hand for too long", "a cycle", "eye, warden", "set anew with each frame", nil},
			{"last words and ending", "eye to warden", "before it counts, lines that say why it cannot; afterwards only the code that it ends with", "once", "warden, and who started it", "shown and gone", nil},
			{"items", "warden to courier, on a pipe", fmt.Sprintf("records and entries of the log, released and signed; envelopes, sealed; each at most %s bytes, with a number and the second in which it was made. Nothing exact that the courier could read",
				thousands(s.Item)), "until the courier has them on disk", "warden, courier", "with what comes back", []Fields{
				{"firmware/handoff.Item", "At Boot Bytes Kind Sequence"}}},
			{"what comes back", "courier to warden, on a pipe", fmt.Sprintf("up to which item all is on disk, how many wait, were pushed out or refused; %d bytes, always; and envelopes of other doors of the room, at most %d bytes", s.Back, s.Envelope),
				"once for each item or batch", "courier, warden", "read", []Fields{{"firmware/handoff.Back", "Aside Boot Dropped Envelope Failed Kind Refused Sequence Tail Upto Waiting"}}},
			{"a connection", "dialer to courier, on a socket without a name", "a connection to the one address of the configuration, and nothing that was said on it", "until one of both hangs up", "dialer, courier",
				"closed; the dialer lets go of it as soon as the courier has it", nil},
			{"words", "warden to whoever started it", "states and causes; when it ends in order, **exact** totals since its start and what was carried; never a crossing with its time", "once each",
				"who started it, and whoever reads what that one keeps, such as a journal", "that is for whoever started it to say", nil},
			{"view", "warden to `tools/try`; only on simulated and virtual boards", fmt.Sprintf("is a line lit, **exact** totals, people in zones: %d bytes; and the records as they leave", s.View),
				"a beat", "who started the simulated board", "read", []Fields{
					{"firmware/view.State", "Counting Lines Number Zones"}, {"firmware/view.Line", "Backward Forward LitBackward LitForward"}}},
		},
		After: []string{
			"A tally says in which beat somebody crossed. That is finer than a record, stays between two programs of one machine, and is added up at once.",
		},
	}
}

// never says what there is not.
func never() Section {
	return Section{
		Title: "What never exists",
		After: []string{
			"No file, message or mode with a frame, a part of one, or the background. No height, age, sex, face or clothing of a person, anywhere. No speed, path or stay of a person outside the eye. No number that " +
				"follows somebody from one camera to another, or from one visit to the next. No names.",
		},
	}
}

// warden is what the warden has in memory, beside what it writes down.
func warden(s Sizes) Section {
	const own = "warden: memory"
	return Section{
		Title:  "In memory, in the warden",
		Before: []string{"The warden sees no frame. It is the only program with exact counts of an interval, and the only one with keys; it has no network."},
		Data: []Datum{
			{"open interval", own, "**exact** sums of the tallies since the interval began, for each line; people in zones at the last tally; totals since the start; at a start, counts of lines that are no longer configured",
				fmt.Sprintf("one interval, %s or longer; totals while the warden runs", span(s.Interval)), "warden; and on disk, below", "with the next interval, with the warden", []Fields{
					{"firmware/warden/book.Book", "Changed Inside Orphans Totals from open resting restored s stream"}, {"firmware/warden/book.Line", "Backward Forward"},
					{"firmware/warden/book.Setup", "ByFrames Factor Grace Interval Lines Location Zones"},
					{"firmware/warden/book.sums", "cycles damaged dropped expected lifetime lines quality"}}},
			{"closed intervals", own, fmt.Sprintf("**exact** sums of an interval that is over, until a record of it is made; while nothing can be stored, and in the head of a room while it waits for other doors, up to %d of them", s.Jobs),
				"milliseconds, as a rule; a week at most, then they are added up", "warden", "with the record that is made of it", []Fields{
					{"firmware/warden/book.Closed", "Cycles Damaged Dropped Expected From Inside Lifetime Lines Quality Stream To"}, {"firmware/warden/clerk.job", "closed due"}}},
			{"work of the clerk", own, "the newest record, what was counted and not yet released of each line, events of the device that are not stored yet, how many of each kind came of late, intervals of which no record could be made, records that were lost", "while the warden runs", "warden",
				"with the warden; its state is on disk, below", []Fields{
					{"firmware/warden/clerk.Clerk", "Carried Told Unmade Why alone door entries freed head jobs ledgerLost letters queueLost s sequence state"}, {"firmware/warden/clerk.Setup", "Desk Keep Kept Ledger"},
					{"firmware/warden/clerk.entries", "head kinds pending"}, {"firmware/warden/clerk.entry", "event moment"}, {"firmware/warden/clerk.allowance", "left since used"},
					{"firmware/warden/desk.Setup", "Boot Device Driver Firmware Key Lines Location Policy Post Room Secret Simulated Zones"},
					{"privacy/release.Policy", "Anchor Close Evening Interval K M Open"}, {"privacy/devicelog.Event", "A B Digest Kind"}, {"privacy/devicelog.Moment", "At Clock Uptime"}}},
			{"keys in use", own, "the key that signs, the key that opens seals, the secret of the rule; public keys of the other doors", "while the warden runs",
				"warden; the kernel, the administrator, and who takes the device apart while it runs", "with the warden", []Fields{
					{"privacy/sign.Key", "private"}, {"privacy/room/seal.Key", "private"}, {"privacy/room.Post", "members seal self sign"},
					{"privacy/room.Members", "Doors Head Room"}, {"privacy/room.Member", "Device Seal Sign"}}},
			{"the open file", own, "handle and bounds of the ledger", "while the warden runs", "warden", "closed", []Fields{
				{"firmware/warden/ledger.Ledger", "Aside Lost Opened Why file mu opts"}, {"firmware/warden/ledger.Options", "MaxEach MaxSize Wait"},
				{"firmware/store.File", "Aside Made Why bad db file"}}},
		},
	}
}
