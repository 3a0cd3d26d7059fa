package datum

import "fmt"

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
			{"kind, a, b, digest", "what happened: a start, an end, a wall that is missing, power of the camera, a clock that was set; two numbers, and a checksum of a program or of the configuration",
				[]Fields{{"privacy/devicelog.Entry", "Kind A B Digest"}}},
		},
		After: []string{"An entry about a frame that was held too long, or about an eye that ended, has the second in which it happened. An eye that was taken over can end itself when it likes; how much it can say so is bounded (`tools/proof/attacks/hidden`)."},
	}
}
