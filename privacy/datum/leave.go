package datum

import (
	"fmt"
	"strings"
)

// inRecord is the message about people.
func inRecord(s Sizes) Section {
	return Section{
		Title: "In a record",
		Before: []string{fmt.Sprintf("The list is closed: [record.cddl](record/record.cddl) is the law, and a decoder refuses any other field. All records of a device have one size, whatever they say, at most %d bytes with the signature; "+
			"there is one for each interval, whether anybody came or not.", s.Record)},
		Entries: []Entry{
			{"version, device, boot, sequence, previous hash", "to see gaps and repeats", []Fields{{"privacy/record.Record", "Version Device Boot Sequence Previous"}}},
			{"from, to, interval", "what the numbers are about", []Fields{{"privacy/record.Record", "From To Interval"}}},
			{"lines: forward, backward, level", fmt.Sprintf("the purpose: **released** people, in steps of %d or more, from %s to %s; never the exact count of an interval", s.K, clock(s.Open), clock(s.Close)),
				[]Fields{{"privacy/record.Record", "Lines"}, {"privacy/record.Line", "Forward Backward Level"}}},
			{"lines: corrected forward, corrected backward", "what was held back or miscounted before, told in the morning and once a week; no people of that interval", []Fields{{"privacy/record.Line", "CorrectedForward CorrectedBackward"}}},
			{"lines: total forward, total backward", "all that was ever released, so that a lost record loses no count", []Fields{{"privacy/record.Line", "TotalForward TotalBackward"}}},
			{"zones: shown", fmt.Sprintf("free places; zero for a few people, otherwise in steps of %d or more", s.K), []Fields{{"privacy/record.Record", "Zones"}}},
			{"coverage, dropped, damaged, quality", "how far to trust the numbers, as percent and classes, and which walls of the eye were missing; marks that a lone person could make are told for a whole week", []Fields{
				{"privacy/record.Record", "Coverage Dropped Damaged Quality"}}},
			{"lifetime: worst, 99.9th percentile", "the promise about frames, measured, in classes of milliseconds", []Fields{{"privacy/record.Record", "Lifetime"}, {"privacy/record.Lifetime", "Worst P999"}}},
			{"camera: kind \"camera\", driver, width, height, pixel format", "what looked", []Fields{
				{"privacy/record.Record", "Camera"}, {"privacy/record.Camera", "Kind Driver Width Height Pixel"}}},
			{"firmware", "which program saw the frames", []Fields{{"privacy/record.Record", "Firmware"}}},
			{"simulated", "nobody real was counted, or the machine is no approved counter", []Fields{{"privacy/record.Record", "Simulated"}}},
			{"rule: k, mode, room, heard, doors", "how coarse the numbers are, and whether they are of one door, of a room, or of a door that was alone", []Fields{{"privacy/record.Record", "Rule"}, {"privacy/record.Rule", "K Mode Room Heard Doors"}}},
			{"clock, uptime", "what the times are worth", []Fields{{"privacy/record.Record", "Clock Uptime"}}},
			{"lost", "records that were pushed out of a queue unsent", []Fields{{"privacy/record.Record", "Lost"}}},
			{"log: entries, head", "so that the end of the device's log cannot be cut off", []Fields{{"privacy/record.Record", "Log"}, {"privacy/record.Log", "Entries Head"}}},
		},
	}
}

// leaves says what leaves the device, and to whom.
func leaves(s Sizes) Section {
	return Section{
		Title:  "What leaves the device",
		Before: []string{"Only what the configuration names an address for, by the courier, to that one address: over TLS to a collector, over TLS to a broker (MQTT), or as files that somebody carries. Without a table `[upload]` nothing leaves."},
		Data: []Datum{
			{"batch", "courier to collector, through a broker or as a file", fmt.Sprintf("up to %d records, entries of the log and envelopes; how many wait and were pushed out", s.Batch), "on the way",
				"the collector. A broker sees all of it but sealed tallies; TLS hides it from the network, which sees when and how much is sent: that does not depend on how many people came", "with the signed receipt", []Fields{
					{"privacy/batch.Batch", "Device Dropped Items Number Poll Waiting"}, {"privacy/batch.Item", "Bytes Kind"}}},
			{"answer, receipt", "collector to courier", "which items are stored or refused, signed; envelopes of other doors", "on the way", "as the batch", "read", []Fields{
				{"privacy/batch.Answer", "Envelopes Receipt"}, {"privacy/batch.Receipt", "At Batch Device Number Verdicts Version"}, {"privacy/batch.Verdict", "Outcome Reason"}}},
			{"sealed tallies of a room", "a door to the head of its room, through queue, broker and collector", fmt.Sprintf("**exact** counts of an interval, sealed so that only the head can open them (HPKE), at most %d bytes, one size", s.Envelope),
				fmt.Sprintf("until the head's receipt, %s at most at the collector", span(s.Relay)),
				"their content: the head. Everybody on the way: which door, which room, that an interval is over. Whoever steals the head's key can open what was kept from the way", "with the receipt of the head", []Fields{
					{"privacy/room/envelope.Envelope", "Body"}, {"privacy/room/envelope.Header", "From Kind N Room To"},
					{"privacy/room/message.Tally", "Backward Bond Door Forward From In Level N Out Room"}}},
			{"receipts of a room", "the head of a room to its doors", "up to which number all is booked, signed and not sealed", "as above", "everybody on the way", "read by the door", []Fields{
				{"privacy/room/message.Receipt", "At Bond Door Head N Room"}}},
			{"records and entries at the collector", "its store, on the computer of the organisation", "as they left the device", "as long as its operator set (`collector serve -keep`)", "who may read there: that is the organisation's to say", "deleted by the collector when the time is over", nil},
		},
		After: []string{"Records are coarse, and still about people: a group is seen in them, and when it came. What an organisation joins them with, and whom it gives them to, no program here can bound."},
	}
}

// weak says what the rule cannot protect.
func weak(s Sizes) Section {
	return Section{
		Title: "What the rule cannot protect",
		Before: []string{
			fmt.Sprintf("Counts leave in steps of %d people or more, every %s or less often, and pairs of one in and one out once a week, less a secret number of %d to %d. Nothing finer can be configured. That hides a person who comes alone while nobody else is there; it does not hide everything (`privacy/release`, figures of `go run ./tools/campus`):",
				s.K, span(s.Interval), s.K, s.K+s.M-1),
			"- " + strings.Join(s.Limits, "\n- "),
		},
	}
}

// clock writes minutes of a day.
func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// disk is what is written down.
func disk(s Sizes) Section {
	const (
		ledger = "warden: `warden/ledger.db` in the directory of the device, readable for its owner only"
		taken  = "the administrator, and whoever has the disk: it is **not encrypted**"
		pages  = "; its pages are used again, not overwritten at once"
	)
	return Section{
		Title: "On disk",
		Data: []Datum{
			{"counts of the open interval", ledger, "**exact** crossings of each line since the interval began, so that a power cut loses a minute at most",
				fmt.Sprintf("written every %s while somebody crosses; until the interval is over", span(s.Kept)), taken, "by the next ones" + pages, []Fields{
					{"firmware/warden/desk.State", "Restored Wait"}}},
			{"carried counts", ledger, "**exact** counts that were not released yet, of each line: the level, what the two directions carry (pairs that are always held back among it, see below), how busy the last hour was",
				"until they are released: some minutes for the level, a week for pairs, the rest for as long as the device counts", taken, "by the next ones" + pages, []Fields{
					{"firmware/warden/desk.State", "Lines zones"}, {"privacy/release.Line", "adopted door history imbalance in level opened out owed paired raised shown totalIn totalOut until"},
					{"privacy/release.Zone", "level"}}},
			{"marks of the week, end of the chain", ledger, "what disturbed counting in a week, told after it; checksum of the newest record; records that were lost", "a week; while the device counts", taken, "by the next ones" + pages, []Fields{
				{"firmware/warden/desk.State", "Lost tail week weekly"}}},
			{"keys", ledger, "three secrets of 32 random bytes, made at the first start: one signs, one opens seals, one is the secret of the rule, by which the weekly number of pairs is shifted", "as long as the device is this device",
				taken + ". Who has them can sign as this device, open tallies that were sealed for it, and undo the shift", "removed with the file", []Fields{{"firmware/warden/ledger.Keys", "Seal Secret Sign"}}},
			{"state of a room, at a door", ledger, fmt.Sprintf("**exact** tallies that the head has not booked yet, up to %d; up to which number it has", s.DoorKept), "until the signed receipt of the head", taken, "with the receipt" + pages, []Fields{
				{"firmware/warden/desk.State", "Door"}, {"privacy/room.Door", "at bond booked joined kept lost made news next refused sent silent wait"},
				{"privacy/room.tally", "backward forward from in level out"}, {"privacy/room.Refused", "Damaged Forged Full Lost Misrouted Old"}}},
			{"state of a room, at its head", ledger, fmt.Sprintf("**exact** sums of up to %d doors that no record is made of yet; the last number of each door", s.Doors), "an interval or two", taken, "with the record" + pages, []Fields{
				{"firmware/warden/desk.State", "Head"}, {"privacy/room.Head", "at doors peers refused sum"}, {"privacy/room.peer", "bond early from last"}}},
			{"items on the way", ledger, fmt.Sprintf("records, entries, sealed tallies, as they leave, at most %d of each kind", s.Held), "until the courier has them on disk", taken, "with what comes back" + pages, []Fields{
				{"firmware/warden/ledger.Item", "Boot Bytes Kind Number Sequence"}}},
			{"log of the device", ledger, "signed entries about the device, below; nothing of people", fmt.Sprintf("the newest %s entries", thousands(s.LogTail)), taken, "pushed out by newer ones" + pages, []Fields{
				{"firmware/warden/ledger.Entry", "Bytes Number"}, {"firmware/warden/ledger.LogHead", "Hash Number"}}},
			{"queue", "courier: `courier/queue.db`, readable for its owner only", fmt.Sprintf("records and entries as they leave, and sealed tallies, which the courier cannot open; up to %d that the collector refused", s.Refused),
				fmt.Sprintf("until the collector's signed receipt, at most %s of records; %s newer items or %d MB push them out", span(s.QueueAge), thousands(s.QueueRecords), s.QueueBytes>>20),
				taken + ". It holds no exact count that can be read", "with the receipt" + pages, []Fields{{"firmware/queue.Item", "At Boot Bytes Kind Number Sequence"}}},
			{"certificate", "courier: `device.pem`, `device.key`, `ca.pem`", "by which the collector knows who connects, and the device the collector; it signs nothing about people", "until another is put there", taken, "removed by hand", nil},
			{"files to carry", "courier: the folder `out`, with upload by files", "batches of the same items, and answers that somebody brought back", "until somebody takes them away", taken, "removed by who takes them, or by the answer", nil},
			{"a damaged ledger or queue", "beside it under another name", "as that file", "until somebody removes it", "as that file", "removed by hand", nil},
			{"configuration", "a TOML file that the warden reads", "name of the device, camera, lines, zones, length of an interval, how coarse counts are, the room with public keys of its doors, where records go", "as long as the installer leaves it", "who may read the file", "removed by hand", nil},
		},
		After: []string{
			fmt.Sprintf("The ledger is bounded to %d MB. Nothing else is written. There are no other log files; what the warden says is named above. "+
				"A new ledger is another device: it has other keys, and must be enrolled again.", s.LedgerBytes>>20),
		},
	}
}

// inLog is the log of the device.
func inLog(s Sizes) Section {
	return Section{
		Title:  "In the log of a device",
		Before: []string{"The list is closed: [devicelog.cddl](devicelog/devicelog.cddl) is the law. All entries of a device have one size, at most " + thousands(s.Entry) + " bytes with the signature."},
		Entries: []Entry{
			{"version, device, number, boot, previous hash", "to see a removed, moved or changed entry", []Fields{{"privacy/devicelog.Entry", "Version Device Number Boot Previous"}}},
			{"at, clock, uptime", "when it happened to the device, and what that time is worth", []Fields{{"privacy/devicelog.Entry", "At Clock Uptime"}}},
			{"kind, a, b, digest", "what happened: a start, an end, a wall that is missing, power of the camera, a clock that was set; the approval, the hours, a lamp that does not say what the switch does; two numbers, and a checksum of a program, of the configuration or of the approval",
				[]Fields{{"privacy/devicelog.Entry", "Kind A B Digest"}}},
		},
		After: []string{"An entry about a frame that was held too long, or about an eye that ended, has the second in which it happened. An eye that was taken over can end itself when it likes; how much it can say so is bounded (`tools/proof/attacks/hidden`)."},
	}
}
