package judge

import (
	"errors"
	"fmt"
	"time"

	"tellijn/tools/faults/site"
)

// Unshown is how many crossings a killed warden may have stored, each way, that it had not shown yet: a
// few beats.
const Unshown = 16

// Bound is from when on a killed warden may have lost what it counted: the checkpoint of 45 s, the longest
// beat, and what a busy machine adds.
const Bound = 60 * time.Second

// Span is what may be on disk of what was counted: the least and the most.
type Span struct{ Least, Most site.Counts }

// Plus adds what came later.
func (s Span) Plus(o Span) Span {
	return Span{sum(s.Least, o.Least), sum(s.Most, o.Most)}
}

func sum(a, b site.Counts) site.Counts {
	return site.Counts{Forward: a.Forward + b.Forward, Backward: a.Backward + b.Backward}
}

// Sum adds counts.
func Sum(all ...site.Counts) (c site.Counts) {
	for _, o := range all {
		c = sum(c, o)
	}
	return c
}

// Counted is what a run that has ended counted: exactly that after an orderly end, and otherwise at least
// what its newest record had with it.
func Counted(r *site.Run) Span {
	shown, kept, _, final := r.Totals()
	if final != nil {
		return Span{*final, *final}
	}
	return Span{kept, sum(shown, site.Counts{Forward: Unshown, Backward: Unshown})}
}

// Holds tells why counts on disk are not in a span.
func (s Span) Holds(c site.Counts) error {
	var err error
	for _, n := range []struct {
		way               string
		have, least, most uint64
	}{{"forward", c.Forward, s.Least.Forward, s.Most.Forward}, {"backward", c.Backward, s.Least.Backward, s.Most.Backward}} {
		if n.have < n.least {
			err = errors.Join(err, fmt.Errorf("judge: %s: %d on disk, at least %d were: LOST", n.way, n.have, n.least))
		}
		if n.have > n.most {
			err = errors.Join(err, fmt.Errorf("judge: %s: %d on disk, at most %d were counted: MADE UP", n.way, n.have, n.most))
		}
	}
	return err
}

// Late tells when a killed run lost more than it may: since, the time of its newest record, is longer ago
// than Bound, and what it showed is not on disk.
func Late(r *site.Run, killed time.Time, before, after site.Counts) error {
	shown, _, at, _ := r.Totals()
	lost := after.Forward < before.Forward+shown.Forward || after.Backward < before.Backward+shown.Backward
	if age := killed.Sub(at); lost && age > Bound {
		return fmt.Errorf("judge: a killed warden lost counts, and had stored nothing for %v, want at most %v", age, Bound)
	}
	return nil
}
