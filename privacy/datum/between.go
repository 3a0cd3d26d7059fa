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
			{"tally", "eye to warden, on a pipe", fmt.Sprintf("counters of a beat, lifetimes, quality, format of the camera, which walls hold; %d bytes, always", s.Tally),
				fmt.Sprintf("a beat, %s to %s", span(s.MinBeat), span(s.MaxBeat)), "eye, warden", "read, added up, and gone with the memory of the next", []Fields{
					{"counting/tally.Tally", "Cycles Damaged Dropped From Lifetime Lines Number Quality To Zones"}, {"counting/tally.Line", "Backward Forward"},
					{"counting/tally.Zone", "Inside Peak"}, {"counting/tally.Lifetime", "P999 Worst"},
					{"privacy/wire.Message", "Stream Tally"}, {"privacy/wire.Stream", "Held Height Interval Pixel Width"}}},
			{"starts and endings", "between the two halves of the warden, on a socket without a name", fmt.Sprintf("which program to start with which descriptors, how it ended, and its fingerprint; %d bytes, always", s.Start),
				"at each start and end of a program", "warden", "read", []Fields{{"firmware/warden/talk.Message", "Code Errno Files Held Kind Pid Program Serial Signal Spaces Stage Sum"}}},
			{"alarm", "eye and warden: a timer of the kernel", "that a frame has been in hand for too long", "a cycle", "eye, warden", "set anew with each frame", nil},
			{"last words and ending", "eye to warden", "before it counts, lines that say why it cannot; afterwards only the code that it ends with", "once", "warden, and who started it", "shown and gone", nil},
			{"open interval", "warden: memory", "sums of the tallies since the last record; totals since the start", "one interval; totals while the warden runs", "warden", "with the next interval, with the warden", []Fields{
				{"firmware/warden/book.Book", "Inside Totals Unsealed Why at firmware from open origin previous s sequence stream"},
				{"firmware/warden/book.Setup", "Boot ByFrames Device Driver Grace Interval Lines Previous Simulated Zones"},
				{"firmware/warden/book.sums", "any cycles damaged dropped expected lifetime lines quality zones"}}},
			{"records on the way", "warden: memory, and a pipe to the courier", fmt.Sprintf("finished records, %d bytes each at most, %s at most", s.Record, thousands(s.Held)),
				"until the courier has them on disk", "warden, courier", "with the receipt", []Fields{
					{"firmware/warden/outbox.Outbox", "Dropped full held sent"}, {"firmware/warden/book.Sealed", "Bytes From Sequence To"}}},
			{"receipt", "courier to warden, on a pipe", fmt.Sprintf("up to which record all is on disk, how many wait there; %d bytes, always", s.Receipt),
				"once for each record or batch", "courier, warden", "read", []Fields{{"firmware/handoff.Receipt", "Boot Dropped Kind Sequence Tail Waiting"}}},
			{"view", "warden to `tools/try`; only on simulated and virtual boards", fmt.Sprintf("is a line lit, totals, people in zones: %d bytes; and the records as stored", s.View),
				"a beat", "who started the simulated board", "read", []Fields{
					{"firmware/view.State", "Counting Lines Number Zones"}, {"firmware/view.Line", "Backward Forward LitBackward LitForward"}}},
		},
		After: []string{
			"A tally says in which beat somebody crossed. That is finer than a record, stays between two programs of one machine, and is added up at once.",
		},
	}
}

// disk is what is written down.
func disk(s Sizes) Section {
	return Section{
		Title: "On disk",
		Data: []Datum{
			{"records", "courier: `queue.db` in its directory", "as below",
				fmt.Sprintf("until somebody took receipt of them, at most seven days of records; %s newer items or %d MB push them out", thousands(s.QueueRecords), s.QueueBytes>>20),
				"the owner of the file, the administrator, and whoever has the disk: it is **not encrypted**",
				"with no sender, nothing but newer records removes them; their pages are used again, not overwritten at once", nil},
			{"a damaged queue", "beside it under another name", "as the queue", "until somebody removes it", "as the queue", "removed by hand", nil},
			{"configuration", "a TOML file that the warden reads", "name of the device, camera, lines, zones, length of an interval", "as long as the installer leaves it", "who may read the file", "removed by hand", nil},
		},
		After: []string{
			"Nothing else is written. There are no log files; what the warden says goes to whoever started it, and holds totals, states and causes, never a single crossing with its time.",
		},
	}
}

// inRecord is the one message that is kept.
func inRecord() Section {
	return Section{
		Title:  "In a record",
		Before: []string{"The list is closed: [record.cddl](record/record.cddl) is the law, and a decoder refuses any other field."},
		Entries: []Entry{
			{"version, device, boot, sequence, previous hash", "to see gaps and repeats", []Fields{{"privacy/record.Record", "Version Device Boot Sequence Previous"}}},
			{"from, to, interval", "what the numbers are about", []Fields{{"privacy/record.Record", "From To Interval"}}},
			{"lines: forward, backward", "the purpose", []Fields{{"privacy/record.Record", "Lines"}, {"privacy/record.Line", "Forward Backward"}}},
			{"zones: inside at the end, peak", "free places", []Fields{{"privacy/record.Record", "Zones"}, {"privacy/record.Zone", "Inside Peak"}}},
			{"coverage, dropped, damaged, quality", "how far to trust the numbers, and which walls of the eye were missing", []Fields{
				{"privacy/record.Record", "Coverage Dropped Damaged Quality"}, {"privacy/record.Coverage", "Cycles Expected"}}},
			{"lifetime: worst, 99.9th percentile", "the promise about frames, measured", []Fields{{"privacy/record.Record", "Lifetime"}, {"privacy/record.Lifetime", "Worst P999"}}},
			{"camera: kind \"camera\", driver, width, height, pixel format", "what looked", []Fields{
				{"privacy/record.Record", "Camera"}, {"privacy/record.Camera", "Kind Driver Width Height Pixel"}}},
			{"firmware", "which program saw the frames", []Fields{{"privacy/record.Record", "Firmware"}}},
			{"simulated", "nobody real was counted, or the machine is no approved counter", []Fields{{"privacy/record.Record", "Simulated"}}},
			{"unreleased", "the numbers are exact", []Fields{{"privacy/record.Record", "Unreleased"}}},
		},
	}
}

// outside says what leaves, and what never is.
func outside() Section {
	return Section{
		Title: "What leaves the device",
		After: []string{
			"**Nothing, so far.** No program links a network package, and none sends anything. Copying the queue is possible for whoever has the rights of its owner, or the disk in hand.",
			"The numbers in it are **exact and unreleased**. A record with one crossing late in the evening is about one person, and whoever knows who cleans the room knows who. Therefore:",
			`- do not copy records to others, and do not publish them;
- treat the queue as personal data;
- wait for the rule that coarsens counts before sending them anywhere. It is designed, not built.`,
			"## What never exists",
			"No file, message or mode with a frame, a part of one, or the background. No height, age, sex, face or clothing of a person, anywhere. No speed, path or stay of a person outside the eye. No number that " +
				"follows somebody from one camera to another, or from one visit to the next. No names.",
		},
	}
}
