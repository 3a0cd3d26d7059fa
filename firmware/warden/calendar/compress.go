package calendar

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// MaxFactor is the most that a pretended calendar may be compressed: a day in nine seconds.
const MaxFactor = 10_000

// ErrFactor is wrapped by Compress for a factor that is not allowed here.
var ErrFactor = errors.New("calendar: factor not allowed")

// Compressed is a calendar that runs N times faster than the clock it hangs on, and can be shifted.
// The zero value is not usable, see Compress.
type Compressed struct {
	n         int64
	pretended bool
	start     time.Time
	offset    time.Duration
}

// Compress makes a calendar that shows start when the clock does, and from then on runs n times
// faster. Only a pretended board, one that counts nobody real, may ask for more than 1: records of
// a real door carry the time of the world.
func Compress(n int, start time.Time, pretended bool) (Compressed, error) {
	if n < 1 || n > MaxFactor {
		return Compressed{}, fmt.Errorf("%w: %d, want 1 to %d", ErrFactor, n, MaxFactor)
	}
	if n > 1 && !pretended {
		return Compressed{}, fmt.Errorf("%w: %d on a real board; only simulated and virtual boards run faster than 1", ErrFactor, n)
	}
	return Compressed{n: int64(n), pretended: pretended, start: start.Round(0).UTC()}, nil
}

// Span is how much of the calendar a span of the clock is. It ends at 292 years.
func (c *Compressed) Span(d time.Duration) time.Duration {
	if d > math.MaxInt64/time.Duration(c.n) {
		return math.MaxInt64
	}
	if d < math.MinInt64/time.Duration(c.n) {
		return math.MinInt64
	}
	return d * time.Duration(c.n)
}

// World turns a span of the calendar into one of the clock, to wait for.
func (c *Compressed) World(d time.Duration) time.Duration { return d / time.Duration(c.n) }

// At is the calendar when the clock has run for d since start: pipeline time, for one.
func (c *Compressed) At(d time.Duration) time.Time { return c.start.Add(c.Span(d)).Add(c.offset) }

// Wall is the calendar when the clock shows wall.
func (c *Compressed) Wall(wall time.Time) time.Time { return c.At(wall.Round(0).Sub(c.start)) }

// Shift moves the calendar by d, as a clock does that is set; several shifts add up to 292 years at
// most. Spans do not follow. On a real board nothing moves and it gives false.
func (c *Compressed) Shift(d time.Duration) bool {
	if !c.pretended {
		return false
	}
	switch sum := c.offset + d; {
	case d > 0 && sum < c.offset:
		c.offset = math.MaxInt64
	case d < 0 && sum > c.offset:
		c.offset = math.MinInt64
	default:
		c.offset = sum
	}
	return true
}
