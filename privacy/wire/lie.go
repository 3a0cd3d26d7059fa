package wire

import (
	"fmt"

	"tellijn/counting"
	"tellijn/counting/tally"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
)

// Bounds of what an honest eye can say.
const (
	// MaxLifetime in microseconds. The eye ends at 200 ms; a longer life than this, when the
	// machine stalled in just that moment, is told as this.
	MaxLifetime = 1<<20 - 1
	// maxPerCycle crossings of one line: no more tracks than the table holds can cross at once.
	maxPerCycle = counting.MaxTracks
	// maxDrops in a cycle: every blob, track and crossing of a cycle may find its table full.
	maxDrops = counting.MaxCells
	// knownQuality are the bits that tally declares.
	knownQuality = tally.Relit | tally.Crowded | tally.Full | tally.Starved | tally.Coarse
)

// Lie is the error for a message that no honest eye sends. The warden ends an eye that lies.
type Lie struct {
	// Rule is what the message breaks, one of a few fixed sentences. It is all that Error says: the
	// numbers of a lie are chosen by whoever lies, and what is printed or kept would carry them out.
	Rule string
	// What holds the numbers too, for tests.
	What string
}

// Error says which rule was broken, and nothing of what the message says.
func (l *Lie) Error() string { return "wire: a tally breaks a rule: " + l.Rule }

// lie makes the error for one message.
func (m *Message) lie(rule, format string, args ...any) error {
	return &Lie{rule, fmt.Sprintf(format, args...)}
}

// check tells the first number that cannot be.
func (m *Message) check() error {
	s, t := &m.Stream, &m.Tally
	f := camera.Format{Pixel: s.Pixel, Width: int(s.Width), Height: int(s.Height),
		Stride: 2 * int(s.Width), Interval: s.Interval}
	if err := f.Check(); err != nil {
		return m.lie("a format that a camera can have", "%v", err)
	}
	if s.Held&^layers.All != 0 {
		return m.lie("layers that there are", "unknown layers %#x", uint16(s.Held&^layers.All))
	}
	if t.From >= t.To {
		return m.lie("an interval begins before it ends", "interval from frame %d to %d", t.From, t.To)
	}
	span := uint64(t.To - t.From)
	if n := uint64(t.Cycles) + uint64(t.Damaged); n > span {
		return m.lie("no more cycles than frames", "%d cycles and damaged frames in %d frames", n, span)
	}
	if uint64(t.Dropped) > maxDrops*(uint64(t.Cycles)+1) {
		return m.lie("no more drops than places", "%d drops in %d cycles", t.Dropped, t.Cycles)
	}
	if t.Lifetime.Worst > MaxLifetime || t.Lifetime.P999 > MaxLifetime {
		return m.lie("a frame does not live for ever", "frame lifetime %d and %d us above %d", t.Lifetime.Worst, t.Lifetime.P999, MaxLifetime)
	}
	if t.Quality&^knownQuality != 0 {
		return m.lie("quality bits that there are", "unknown quality bits %#x", t.Quality&^knownQuality)
	}
	// One cycle more: what was pending is counted when the interval is closed.
	most := maxPerCycle * (uint64(t.Cycles) + 1)
	for i, l := range t.Lines {
		if uint64(l.Forward)+uint64(l.Backward) > most {
			return m.lie("no more crossings than people", "line %d: %d forward and %d backward in %d cycles", i, l.Forward, l.Backward, t.Cycles)
		}
	}
	for i, z := range t.Zones {
		if z.Inside > z.Peak || z.Peak > counting.MaxTracks {
			return m.lie("no more people than tracks", "zone %d: %d inside, peak %d, at most %d tracks", i, z.Inside, z.Peak, counting.MaxTracks)
		}
	}
	return nil
}
