package datum

import "fmt"

// warden is what the warden has in memory, beside what it writes down.
func warden(s Sizes) Section {
	const own = "warden: memory"
	return Section{
		Title:  "In memory, in the warden",
		Before: []string{"The warden sees no frame. It is the only program with exact counts of an interval, and the only one with keys; it has no network."},
		Data: []Datum{
			{"open interval", own, "**exact** sums of the tallies since the interval began, for each line; people in zones at the last tally; totals since the start; at a start, counts of lines that are no longer configured",
				fmt.Sprintf("one interval, %s or longer; totals while the warden runs", span(s.Interval)), "warden; and on disk, below", "with the next interval, with the warden", []Fields{
					{"firmware/warden/book.Book", "Changed Inside Orphans Totals from open restored s stream"}, {"firmware/warden/book.Line", "Backward Forward"},
					{"firmware/warden/book.Setup", "ByFrames Factor Grace Interval Lines Location Zones"},
					{"firmware/warden/book.sums", "cycles damaged dropped expected lifetime lines quality"}}},
			{"closed intervals", own, fmt.Sprintf("**exact** sums of an interval that is over, until a record of it is made; while nothing can be stored, and in the head of a room while it waits for other doors, up to %d of them", s.Jobs),
				"milliseconds, as a rule; a week at most, then they are added up", "warden", "with the record that is made of it", []Fields{
					{"firmware/warden/book.Closed", "Cycles Damaged Dropped Expected From Inside Lifetime Lines Quality Stream To"}, {"firmware/warden/clerk.job", "closed due"}}},
			{"work of the clerk", own, "the newest record, what was counted and not yet released of each line, events of the device that are not stored yet, how many of each kind came of late", "while the warden runs", "warden",
				"with the warden; its state is on disk, below", []Fields{
					{"firmware/warden/clerk.Clerk", "Carried Told alone entries freed jobs letters s sequence state"}, {"firmware/warden/clerk.Setup", "Desk Keep Ledger"},
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
