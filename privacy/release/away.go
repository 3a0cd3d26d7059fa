package release

// Skip lets time pass in which nothing was counted, since the device was off: from a slot up to,
// and without, another. Evenings and anchors that passed are applied; nothing is published. An
// opening that passed is made up for in the next Step within the window: its corrections, and once
// a week its pairs. What Step saw already is not skipped again, so from counts only before the first
// Step. Time that goes back is ignored.
func (s *Line) Skip(p *Policy, from, to Slot) {
	if p.Check() != nil || !from.valid() || !to.valid() || from.at() > to.at() {
		return
	}
	if s.until == 0 {
		s.begin(p, from)
	}
	gap := to.at() - s.until
	if gap <= 0 {
		return
	}
	s.settle(p, s.until, to.at())
	s.until = to.at()
	for n := (gap + p.minutes() - 1) / p.minutes(); n > 0 && s.history != [quarters]uint16{}; n-- {
		copy(s.history[1:], s.history[:])
		s.history[0] = 0
	}
}

// begin sets the time of a line that has seen nothing. An opening that lies before is not made up.
func (s *Line) begin(p *Policy, slot Slot) {
	s.until, s.opened, s.paired = slot.at(), slot.Day, slot.Day/week
	if slot.Minute > p.Open {
		s.opened++
	}
	if slot.Day%week != 0 || slot.Minute > p.Open {
		s.paired++
	}
}

// become makes it a door that is alone, or a line with a level of its own. A door starts in the
// middle of its band, since its net goes either way; one that becomes a line again knows nothing of
// who is inside, and starts empty.
func (s *Line) become(k int64, single bool) {
	switch {
	case !single && !s.door:
		s.door, s.level, s.imbalance = true, s.level+(k-1), s.imbalance-(k-1)
	case single && s.door:
		s.door, s.imbalance, s.level, s.shown = false, s.imbalance+s.level-s.shown, 0, 0
	}
}

// busier adds crossings to a slot of the gate's history and stays at its end.
func busier(n uint16, forward, backward uint32) uint16 {
	return uint16(min(uint64(n)+uint64(forward)+uint64(backward), maxField))
}

// crossings of the last hour, whatever the interval.
func (s *Line) crossings(p *Policy) (n int64) {
	for _, c := range s.history[:60/p.minutes()] {
		n += int64(c)
	}
	return n
}

// Level is what Step published last of the level.
func (s *Line) Level() uint32 { return uint32(max(s.shown, 0)) }

// Carried tells how many were counted and not released, for each direction.
func (s *Line) Carried() (forward, backward int64) { return s.in, s.out }

// TotalForward is all that was ever released forward, people and corrections.
func (s *Line) TotalForward() uint32 { return uint32(s.totalIn) }

// TotalBackward is all that was ever released backward, people and corrections.
func (s *Line) TotalBackward() uint32 { return uint32(s.totalOut) }

// Surrender ends the time of a door that was alone: what it carries, and the level that it published
// since the last anchor, go to the head of its room, and it becomes a fresh door. The level can be
// below zero, where more went out by this door than came in; it is folded so that small numbers stay
// small (0, -1, 1, -2, ... are 0, 1, 2, 3, ...), and Adopt unfolds it. The totals and the dates stay,
// so a week is never drawn twice. What does not fit (2^32 or more a direction) stays carried.
func (s *Line) Surrender() (in, out uint32, level uint32) {
	in, out = uint32(min(s.in, maxTotal)), uint32(min(s.out, maxTotal))
	level = uint32(s.shown<<1 ^ s.shown>>63)
	s.in, s.out = s.in-int64(in), s.out-int64(out)
	s.level, s.shown, s.imbalance = 0, 0, s.in-s.out
	s.door, s.raised, s.adopted, s.owed, s.history = false, false, 0, 0, [quarters]uint16{}
	return in, out, level
}

// Adopt gives the head of a room what a door surrendered: its carry, and the people whom the door
// published as inside, who may leave by any door. Where the door surrendered before the last anchor
// of the head, call Late instead of it for the carry; its level is history.
func (s *Line) Adopt(in, out uint32, level uint32) {
	s.count(in, out)
	n := int64(level>>1) ^ -int64(level&1)
	if n > 0 { // doors come back in any order
		paid := min(n, s.owed)
		n, s.owed = min(n-paid, maxField-s.shown), s.owed-paid
	} else if rest := -s.shown - n; rest > 0 {
		n, s.owed = -s.shown, min(s.owed+rest, maxField)
	}
	s.level, s.shown = s.level+n, s.shown+n
	s.adopted = min(max(s.adopted+n, 0), maxField)
}

// lift takes in the people whom doors brought. The level is raised at least into the middle of the
// band, as if this line had published them itself: otherwise one who leaves could lower the published
// level by K while fewer are carried. And where more had left than came, as far as this line could
// see since the opening, they were of those people. Nothing here depends on what a lone visit changes.
func (s *Line) lift(k int64, opened bool) {
	if s.adopted == 0 {
		return
	}
	left := int64(0)
	if opened {
		left = min(s.adopted, max(-s.imbalance-(k-1), 0))
	}
	if up := (k - 1) - (s.level - s.shown); up > 0 {
		s.level, s.imbalance, s.raised = s.level+up, s.imbalance-up, true
	}
	s.level, s.imbalance, s.adopted = s.level-left, s.imbalance+left, 0
}

// Late takes counts of a time before the last anchor, as of a tally that came a day late. Those
// people have gone home: the counts are carried and released as corrections and pairs, and the level
// of today does not move.
func (s *Line) Late(forward, backward uint32) {
	level := s.level
	s.count(forward, backward)
	s.imbalance, s.level = s.imbalance+s.level-level, level
}
