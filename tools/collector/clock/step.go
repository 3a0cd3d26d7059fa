package clock

import (
	"fmt"
	"time"

	"tellijn/tools/collector/store"
)

// slack is how far a clock may go ahead without a trial, such as over a weekend on which the collector is
// off: at most an eighth of what is kept, so that a wrong clock deletes little.
func slack(keep time.Duration) time.Duration { return min(Slack, keep/8) }

// trial is how long a clock is watched that went further. Where things are kept for less, it is watched
// for less.
func trial(keep time.Duration) time.Duration { return min(Trial, keep/8) }

// step holds a reading against what was believed before. started tells whether this process believed one
// before; keep is for how long things are kept. A clock that creeps ahead by less than the slack at a time
// cannot be told from one that is right.
func step(b store.Belief, now time.Time, started bool, keep time.Duration) (store.Belief, error) {
	most := Starting
	if started {
		most = Running
	}
	switch {
	case now.Unix() < earliest:
		return b, doubt(now, "which is long past")
	case b.Newest.IsZero():
		return store.Belief{Newest: now, Settled: now}, nil
	case now.Before(b.Settled.Add(-Back)):
		return b, doubt(now, "and it was "+said(b.Settled)+" before")
	case now.Sub(b.Newest) > most:
		return b, doubt(now, "and the last time before was "+said(b.Newest))
	}
	if now.Sub(b.Settled) <= slack(keep) { // as it should be, or back from where it went
		t := latest(now, b.Settled)
		return store.Belief{Newest: t, Settled: t}, nil
	}
	if d := now.Sub(b.Newest); !b.Since.IsZero() && d <= slack(keep) && d >= -Back && !now.Before(b.Since) { // the trial goes on
		t := latest(now, b.Newest)
		if now.Sub(b.Since) >= trial(keep) {
			return store.Belief{Newest: t, Settled: t}, nil
		}
		return store.Belief{Newest: t, Settled: b.Settled, Since: b.Since}, nil
	}
	return store.Belief{Newest: now, Settled: b.Settled, Since: now}, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func doubt(now time.Time, why string) error {
	return fmt.Errorf("%w: it says %s, %s; nothing is taken and nothing deleted until that is put right; hint: if the clock is right, say so with collector clock -confirm",
		ErrDoubted, said(now), why)
}
