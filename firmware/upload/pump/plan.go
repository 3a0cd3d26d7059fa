package pump

import (
	"encoding/binary"
	"time"
)

// Bounds of waiting.
const (
	firstWait = time.Second      // after the first failure
	lastWait  = 15 * time.Minute // after many, unless an interval is shorter
	maxSpread = time.Minute      // after something new came, at most
)

// plan says when the next exchange is due. It knows nothing of what is counted: its delays come from
// the length of an interval and from chance, so that the time of a batch tells nothing but that
// an interval has ended. All times are since some start, by a clock that only goes forward.
type plan struct {
	pace   time.Duration // world time of an interval
	poll   time.Duration // at most so long without an exchange; 0 needs none
	random func([]byte)  // fills with what nobody can guess

	due    time.Duration
	isDue  bool
	failed int // exchanges in a row
}

// news comes when something new waits. The exchange is not at once: many devices end their interval at
// the same moment. While exchanges fail, the next try stays where it is.
func (p *plan) news(now time.Duration) {
	if p.failed > 0 {
		return
	}
	p.at(now + p.some(min(p.pace/8, maxSpread)))
}

// at brings the next exchange forward to t; it never puts one off.
func (p *plan) at(t time.Duration) {
	if !p.isDue || t < p.due {
		p.due, p.isDue = t, true
	}
}

// worked comes after an exchange. more says that something waits still.
func (p *plan) worked(now time.Duration, more bool) {
	p.failed, p.isDue = 0, false
	switch {
	case more:
		p.at(now)
	case p.poll > 0:
		p.at(now + p.poll - p.some(p.poll/8))
	}
}

// broke comes after an exchange that failed: twice as long as the time before, never longer than an
// interval or a quarter of an hour, and up to half of it shorter, by chance.
func (p *plan) broke(now time.Duration) {
	most := min(max(p.pace, firstWait), lastWait)
	wait := min(firstWait<<min(p.failed, 20), most)
	p.failed++
	p.due, p.isDue = now+wait-p.some(wait/2), true
}

// wait is how long it is until the next exchange is due; ok is false if none is.
func (p *plan) wait(now time.Duration) (d time.Duration, ok bool) {
	return max(0, p.due-now), p.isDue
}

// some is a time from 0 to below most, each as likely.
func (p *plan) some(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	var b [8]byte
	p.random(b[:])
	return time.Duration(binary.LittleEndian.Uint64(b[:]) % uint64(most))
}
