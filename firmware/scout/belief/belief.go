// Package belief decides when a time that somebody tells is believed, and what is done to the clock then:
// nothing, let it run a little faster or slower, or set it. It is pure and sets nothing itself. Whoever
// tells times may lie in all of them; what that can do is bounded here: before the first belief anything
// from the floor to 400 days after it, afterwards seconds. It stands beside the data path, in the setter.
package belief

import (
	"errors"
	"time"
)

// Bounds.
const (
	// Ahead is how far behind the floor a time is still believed.
	Ahead = 400 * 24 * time.Hour
	// Small is what a clock makes up for by running 1/2000 faster or slower; more is a step.
	Small = 500 * time.Millisecond
	// Old is how long a belief lasts without a new one. The kernel's own bound, where no program is left
	// to keep this one, is 9 hours.
	Old = 8 * time.Hour
	// Close is how far apart two times are that agree, besides what they say of their own errors.
	Close = 250 * time.Millisecond
	// Vague is how far off a time may be, as far as its answer goes, to be of use.
	Vague = 2 * time.Second
	// Fresh is how long a time is held against later ones.
	Fresh = 20 * time.Minute
	// Late is how long a time may have been on its way to here.
	Late = 30 * time.Second
	// Allowance is what all steps after the first may come to, and for each hour another Hourly: a clock
	// that is off by more than its crystal is not believed to be.
	Allowance = 2 * time.Second
	Hourly    = 1800 * time.Millisecond
	apart     = time.Second // two times of one source, at least
)

// Sources is how many there may be.
const Sources = 4

// Reasons why a time led to nothing. None is a fault of this device.
var (
	// ErrBefore is below the floor.
	ErrBefore = errors.New("belief: before the time that has been reached")
	// ErrAhead is more than Ahead behind the floor.
	ErrAhead = errors.New("belief: more than 400 days ahead")
	// ErrVague is of a time that may be off by more than Vague, or was more than Late on its way.
	ErrVague = errors.New("belief: too vague, or too long on its way")
	// ErrAlone wants a second time that agrees, from another source or a second later.
	ErrAlone = errors.New("belief: nobody has confirmed it yet")
	// ErrApart is of a time that no majority of the sources agrees with.
	ErrApart = errors.New("belief: time servers disagree")
	// ErrFar is of a step beyond the allowance.
	ErrFar = errors.New("belief: further off than a clock can be")
)

// Sample is a time that somebody told.
type Sample struct {
	Source int           // 0 to Sources-1
	Boot   time.Duration // since the machine started, when it was Time
	Time   time.Time
	Error  time.Duration // at most this far off, as far as the answer goes
}

// zero is the time at which the machine started, as this sample has it.
func (s *Sample) zero() time.Time { return s.Time.Add(-s.Boot) }

// Act is what is to be done to the clock.
type Act struct {
	By   time.Duration // the clock is behind by this
	Step bool          // set it; otherwise let it run faster or slower until By is made up for
}

// Keeper is a belief over time. See New.
type Keeper struct {
	floor, ceiling time.Time // as of boot
	boot           time.Duration
	last           [Sources]Sample
	heard          [Sources]bool
	known          bool
	since, renewed time.Duration // of the belief
	spent          time.Duration // on steps since then
}

// New makes a keeper that believes nothing yet. floor is a time that has been reached for sure.
func New(floor time.Time, boot time.Duration) *Keeper {
	return &Keeper{floor: floor, ceiling: floor.Add(Ahead), boot: boot}
}

// Possible tells whether it can be this time.
func (k *Keeper) Possible(t time.Time, boot time.Duration) error {
	gone := boot - k.boot
	switch {
	case t.Before(k.floor):
		return ErrBefore
	case t.After(k.ceiling.Add(gone)):
		return ErrAhead
	}
	return nil
}

// Known tells whether a time is believed.
func (k *Keeper) Known(boot time.Duration) bool { return k.known && boot-k.renewed <= Old }

// Take takes what somebody told. wall is what the clock shows at boot.
func (k *Keeper) Take(s Sample, boot time.Duration, wall time.Time) (Act, error) {
	if s.Source < 0 || s.Source >= Sources || s.Boot > boot || boot-s.Boot > Late || s.Error < 0 || s.Error > Vague {
		return Act{}, ErrVague
	}
	now := s.Time.Add(boot - s.Boot)
	if err := k.Possible(now, boot); err != nil {
		return Act{}, err
	}
	again, err := k.confirmed(&s)
	k.last[s.Source], k.heard[s.Source] = s, true
	if err != nil {
		return Act{}, err
	}
	k.known = k.Known(boot)
	by := now.Sub(wall)
	step := by.Abs() > Small
	if (step || !k.known) && !again {
		return Act{}, ErrAlone
	}
	switch {
	case !k.known:
		k.known, k.since, k.spent = true, boot, 0
	case step:
		hours := (boot - k.since) / time.Hour
		if by.Abs() > Allowance+hours*Hourly-k.spent {
			return Act{}, ErrFar
		}
		k.spent += by.Abs()
	}
	k.renewed = boot
	return Act{By: by, Step: step}, nil
}

// confirmed tells whether somebody else, or the same source before, told the same as s does. It is an error
// if not more than half of those that were heard do.
func (k *Keeper) confirmed(s *Sample) (again bool, err error) {
	all, with := 1, 1
	for i := range k.last {
		o := &k.last[i]
		if age := s.Boot - o.Boot; !k.heard[i] || age.Abs() > Fresh {
			continue
		}
		same := s.zero().Sub(o.zero()).Abs() <= Close+s.Error+o.Error
		if i == s.Source {
			again = same && s.Boot-o.Boot >= apart
			continue
		}
		all++
		if same {
			with++
		}
	}
	if 2*with <= all {
		return false, ErrApart
	}
	return again || with > 1, nil
}
