package crossing

import "tellijn/counting/track"

// confirm counts a track that went deep beyond the line. Of two that go together both must be over:
// who lets others pass in a door has not crossed.
func (c *Counter) confirm(i, j int, t *track.Table, sequence uint32) {
	s, k := &c.states[i][j], &t.Tracks[i]
	if t.Cart(i) {
		c.cart(s, &c.states[k.Mate-1][j], j, sequence)
		return
	}
	if k.Mate == 0 || k.With < c.along {
		c.emit(s, j, sequence)
		return
	}
	m := int(k.Mate - 1)
	other := &c.states[m][j]
	switch counted := c.counted(other, s.pending, sequence); {
	case counted && t.InLine(i, m): // too shortly seen to be told a cart for sure
		s.over()
	case counted, c.deeply(other, s.pending), other.side == s.pending, other.pending == -s.pending:
		c.emit(s, j, sequence)
	}
}

// cart counts a person with a cart once, in the middle between the two: nobody knows which is which.
// A cart that comes over the line alone has not taken its person along yet.
func (c *Counter) cart(s, other *state, j int, sequence uint32) {
	switch {
	case c.counted(other, s.pending, sequence):
		s.over()
	case c.deeply(other, s.pending):
		s.onLine = between(s.onLine, other.onLine)
		c.emit(s, j, sequence)
		other.done, other.to = s.done, s.to
		other.over()
	case other.side == s.pending:
		c.emit(s, j, sequence)
	}
}

// deeply tells that a track went deep to that side, too.
func (c *Counter) deeply(s *state, to int8) bool {
	return s.pending == to && s.last*int32(to) > c.deep
}

// counted tells that this track was counted going to that side just now.
func (c *Counter) counted(s *state, to int8, sequence uint32) bool {
	return s.done > 0 && s.to == to && sequence+1-s.done < c.recent
}

// end decides about a track whose person left or was lost: far enough beyond counts. What goes
// ahead of a cart or is one leaves that to the other.
func (c *Counter) end(i int, t *track.Table, sequence uint32) {
	for j := range c.n {
		s, k := &c.states[i][j], &t.Tracks[i]
		if s.pending == 0 || s.last*int32(s.pending) <= c.lost {
			continue
		}
		if k.Mate == 0 {
			c.emit(s, j, sequence)
			continue
		}
		m := int(k.Mate - 1)
		other, cart := &c.states[m][j], t.Cart(i)
		switch {
		case c.counted(other, s.pending, sequence) && (cart || k.With >= c.along && t.InLine(i, m)):
		case cart && other.side != s.pending: // it is counted when it comes, or not at all
		default:
			c.emit(s, j, sequence)
		}
	}
}

// between gives the frame in the middle; sequence numbers run over.
func between(a, b uint32) uint32 { return a + uint32(int32(b-a)/2) }

// inherit decides about a track that turned out to be part of another. When it has come over the
// line, and the other began beyond it, the person has come over.
func (c *Counter) inherit(i int, t *track.Table, sequence uint32) {
	for j := range c.n {
		s, other := &c.states[i][j], &c.states[t.Tracks[i].Into][j]
		if s.pending != 0 && other.side == s.pending && !c.counted(other, s.pending, sequence) {
			c.emit(s, j, sequence)
			other.done, other.to = s.done, s.to
		}
	}
}
