package main

import (
	"fmt"

	"tellijn/privacy/record"
)

// boot is what there is of the records of one boot, in the order in which it stands.
type boot struct {
	id      [16]byte
	records []signed
}

func (b *boot) String() string { return fmt.Sprintf("boot %x", b.id[:4]) }

// place says which record it is.
func (s *signed) place() string {
	return fmt.Sprintf("record %d of boot %x (%s, %s)", s.Sequence, s.Boot[:4], moment(s.From, s.Clock), s.item)
}

// checkRecords looks for gaps, doubles, two stories and links that do not hold. Boots may stand in any
// order; the records of each stand in theirs.
func checkRecords(records []signed, o *options, r *report) {
	var boots []*boot
	by := map[[16]byte]*boot{}
	var simulated, held, unknown, alone int
	for _, s := range records {
		b := by[s.Boot]
		if b == nil {
			b = &boot{id: s.Boot}
			by[s.Boot] = b
			boots = append(boots, b)
		}
		b.records = append(b.records, s)
		simulated += one(s.Simulated)
		held += one(s.Clock == record.ClockHeld)
		unknown += one(s.Clock == record.ClockUnknown)
		alone += one(s.Rule.Mode == record.ModeAlone)
	}
	for _, b := range boots {
		b.follow(r)
	}
	join(boots, o, r)
	for _, b := range boots {
		first, last := b.records[0], b.records[len(b.records)-1]
		r.say("%s: records %d to %d, from %s to %s, records lost on the device so far: %d", b, first.Sequence, last.Sequence,
			moment(first.From, first.Clock), moment(last.To, last.Clock), last.Lost)
	}
	if held+unknown+alone > 0 {
		r.say("of them made while nobody had told the time: %d; with the last known time: %d; by a door alone, its head away: %d", unknown, held, alone)
	}
	switch {
	case simulated > 0 && o.simulated:
		r.say("SIMULATED, nobody real was counted: %d", simulated)
	case simulated > 0:
		r.fault("SIMULATED, nobody real was counted: %d records; hint: -simulated takes them", simulated)
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// follow goes through the records of a boot. Then b has only those that stand where they belong.
func (b *boot) follow(r *report) {
	first := map[uint32]signed{}
	for _, s := range b.records {
		if _, ok := first[s.Sequence]; !ok {
			first[s.Sequence] = s
		}
	}
	var kept []signed
	for _, s := range b.records {
		if len(kept) == 0 {
			kept = append(kept, s)
			continue
		}
		last := kept[len(kept)-1]
		switch was := first[s.Sequence]; {
		case was.item.String() != s.item.String() && was.hash == s.hash:
			r.fault("%s stands here a second time", s.place())
			continue
		case was.item.String() != s.item.String():
			r.fault("%s is signed, but so is another with its number, at %s", s.place(), was.item)
			continue
		case s.Sequence <= last.Sequence:
			r.fault("%s stands behind record %d", s.place(), last.Sequence)
			continue
		}
		missing := s.Sequence - last.Sequence - 1
		if missing > 0 {
			for n := range first {
				missing -= uint32(one(n > last.Sequence && n < s.Sequence))
			}
		}
		switch {
		case missing > 0:
			r.fault("%s: records are missing between %d and this one: %d", s.place(), last.Sequence, missing)
		case s.Sequence == last.Sequence+1:
			link(last, s, r)
		}
		kept = append(kept, s)
	}
	b.records = kept
}

// link holds a record against the one before it.
func link(last, s signed, r *report) {
	if s.Previous != last.hash {
		r.fault("%s does not follow record %d of boot %x that is here; one of the two is not the one that the device made", s.place(), last.Sequence, last.Boot[:4])
		return
	}
	if s.Log.Entries < last.Log.Entries || s.Log.Entries == last.Log.Entries && s.Log.Head != last.Log.Head {
		r.fault("%s: the log went back from entry %d to another entry %d", s.place(), last.Log.Entries, s.Log.Entries)
	}
	for i := range min(len(s.Lines), len(last.Lines)) {
		l, was := s.Lines[i], last.Lines[i]
		if l.TotalForward != was.TotalForward+l.Forward+l.CorrectedForward || l.TotalBackward != was.TotalBackward+l.Backward+l.CorrectedBackward {
			r.fault("%s: line %d: its counts and the totals before do not add up to its totals", s.place(), i)
		}
	}
}

// join links each boot to the record that it follows. One may follow what is not here: the oldest.
func join(boots []*boot, o *options, r *report) {
	by := map[record.Hash]signed{}
	end := map[[16]byte]uint32{}
	for _, b := range boots {
		for _, s := range b.records {
			by[s.hash], end[s.Boot] = s, max(end[s.Boot], s.Sequence)
		}
	}
	followed := map[record.Hash]string{}
	var loose, origins []signed
	for _, b := range boots {
		s := b.records[0]
		last, here := by[s.Previous]
		switch {
		case s.Sequence == 0 && s.Previous == record.Hash{}:
			origins = append(origins, s)
		case s.Sequence != 0 || !here:
			loose = append(loose, s)
		default:
			if n := end[last.Boot]; last.Sequence < n {
				r.fault("%s follows record %d of boot %x, which goes on to record %d: two stories from one point", s.place(), last.Sequence, last.Boot[:4], n)
			}
			if other, ok := followed[s.Previous]; ok {
				r.fault("%s follows the same record as %s: two stories from one point", s.place(), other)
			}
			followed[s.Previous] = s.place()
			link(last, s, r)
		}
	}
	for i, s := range origins {
		if i > 0 {
			r.fault("%s says that it is the first of all, and so does %s", s.place(), origins[0].place())
		}
	}
	for i, s := range loose {
		what := "what it follows"
		if s.Sequence > 0 {
			what = fmt.Sprintf("records 0 to %d of its boot", s.Sequence-1)
		}
		if i == 0 && len(origins) == 0 && !o.whole {
			r.say("it begins with %s; not here: %s", s.place(), what)
			continue
		}
		r.fault("%s: before it, records are missing: %s", s.place(), what)
	}
}
