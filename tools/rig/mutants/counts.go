package mutants

// counts are mutants of what becomes of a count until somebody else has it.
func counts() []Mutant {
	return []Mutant{{
		Name:     "count-twice",
		What:     "Who crosses forward is counted twice.",
		File:     "counting/pipeline/pipeline.go",
		Scenario: "camera-replay", Step: `check the counts equal those of replay`,
		Swap: []Swap{{"\t\t\tt.Lines[c.Line].Forward++\n", "\t\t\tt.Lines[c.Line].Forward += 2\n"}},
	}, {
		Name:     "swap-directions",
		What:     "Forward is backward and backward is forward.",
		File:     "counting/crossing/crossing.go",
		Scenario: "camera-replay", Step: `check the counts equal those of replay`,
		Swap: []Swap{{"Forward: s.pending > 0,", "Forward: s.pending < 0,"}},
	}, {
		Name:     "skip-fsync",
		What:     "Ledger and queue say that something is stored before the card has it.",
		File:     "firmware/store/store.go",
		Scenario: "card-states", Step: `check 500 cards that a power cut could have left are good`,
		Swap: []Swap{{"PageSize: pageSize, NoStatistics: true,", "PageSize: pageSize, NoStatistics: true, NoSync: true,"}},
	}, {
		Name:     "forget-open",
		What:     "What was counted in the interval that a power cut broke off is forgotten.",
		File:     "firmware/warden/book/keep.go",
		Scenario: "power-cut-kept", Step: `check as much is booked as was noted`, Saw: "are gone",
		Swap: []Swap{{"\t\t\tb.open.lines[i] = Line{f, w}\n", "\t\t\tb.open.lines[i] = Line{}\n"}},
	}, {
		Name:     "free-early",
		What:     "The courier frees records that it sent, also when no receipt came.",
		File:     "firmware/upload/pump/pump.go",
		Scenario: "collector-fails", Step: `check the records follow one another without a gap`, Saw: "after the one before ended",
		Swap: []Swap{{"\tanswer, err := via.Exchange(ctx, encoded)\n\tif err != nil {\n\t\treturn false, err\n\t}\n",
			"\tanswer, err := via.Exchange(ctx, encoded)\n\tif err != nil {\n\t\tfor _, it := range items {\n" +
				"\t\t\t_ = p.o.Queue.Settle([]queue.Done{{Number: it.Number}})\n\t\t}\n\t\treturn false, err\n\t}\n"}},
	}, {
		Name:     "any-receipt",
		What:     "A receipt by anybody's key frees records.",
		File:     "privacy/sign/sign.go",
		Scenario: "collector-lies", Step: `the console says "Failed +upload" within 60 s`,
		Swap: []Swap{
			{"if p == (Public{}) || id != p.ID() {", "if p == (Public{}) || id != p.ID() && kind != Receipt {"},
			{"if err := m.Verify(nil, verifier); err != nil {", "if err := m.Verify(nil, verifier); err != nil && kind != Receipt {"},
		},
	}, {
		Name:     "courier-stays",
		What:     "A courier that ended is not started again.",
		File:     "firmware/warden/watch/watch.go",
		Scenario: "courier-crashes", Step: `crash the courier 5 times, each when the console says "Loaded +queue: .* records waiting" again within 60 s`,
		Swap: []Swap{{"\tif w.courier.child == nil && now >= w.courier.due && !w.ending {", "\tif w.courier.child == nil && now >= w.courier.due && !w.ending && !w.courier.greeted {"}},
	}}
}

// machine are mutants of what keeps a device at work and tells people at the door what is wrong.
func machine() []Mutant {
	return []Mutant{{
		Name:     "no-watchdog",
		What:     "Nobody opens the watchdog, so it never starts a machine anew that hangs.",
		File:     "firmware/warden/parts/parts.go",
		Scenario: "kernel-hangs", Step: `the watchdog resets the board within 90 s`,
		Swap: []Swap{{"if path := b.Parts.Watchdog; path == \"\" {", "if path := b.Parts.Watchdog; len(path) >= 0 {"}},
	}, {
		Name:     "lamp-lies",
		What:     "The lamp shows that it counts although no camera is there.",
		File:     "firmware/warden/signs/signs.go",
		Scenario: "camera-unplugged", Step: `the lamp flashes 4 times within 60 s`,
		Swap: []Swap{{"\tcase s.Open && !s.Counting:\n\t\treturn Four\n", "\tcase s.Open && !s.Counting:\n\t\treturn Counting\n"}},
	}, {
		Name:     "full-unsaid",
		What:     "The lamp does not tell that nothing can be stored.",
		File:     "firmware/warden/watch/store.go",
		Scenario: "card-full", Step: `the lamp flashes 6 times within 90 s`,
		Swap: []Swap{{"Full: w.storing != \"\",", "Full: false,"}},
	}, {
		Name:     "worn-unsaid",
		What:     "Where the card takes nothing any more, and so nothing counts, the lamp shows that all is well.",
		File:     "firmware/warden/panel/alone.go",
		Scenario: "card-worn", Step: `the lamp flashes 6 times within 60 s`,
		Swap: []Swap{{"l.Set(sign.Lit(since()))", "l.Set(signs.Counting.Lit(since()))"}},
	}, {
		Name:     "deaf-button",
		What:     "The button has to be held for an hour.",
		File:     "firmware/warden/signs/button.go",
		Scenario: "boots-virt", Step: `the board switches itself off within 60 s`,
		Swap: []Swap{{"const Hold = 3 * time.Second", "const Hold = time.Hour"}},
	}, {
		Name:     "leak",
		What:     "The warden keeps 128 KiB for each tally.",
		File:     "firmware/warden/watch/eye.go",
		Scenario: "memory-programs", Step: `check the memory of all programs is at most 65536 KiB`,
		Swap: []Swap{
			{"\ttrouble string        // what was last said about why it does not run\n}", "\ttrouble string\n\tleak [][]byte\n}"},
			{"\tw.when.Tally(&s.m)\n", "\tkept := make([]byte, 128<<10)\n\tfor i := range kept {\n\t\tkept[i] = byte(i)\n\t}\n\te.leak = append(e.leak, kept)\n\tw.when.Tally(&s.m)\n"},
		},
	}}
}
