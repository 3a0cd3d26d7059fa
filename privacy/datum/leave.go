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
				{"privacy/batch.Answer", "Envelopes Receipt"}, {"privacy/batch.Receipt", "At Device Number Verdicts Version"}, {"privacy/batch.Verdict", "Outcome Reason"}}},
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
