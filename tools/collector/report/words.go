package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tellijn/counting/tally"
	"tellijn/privacy/record"
)

// words gives what somebody should look at.
func (s *Standing) words() (lines []string) {
	for _, a := range slices.Sorted(maps.Keys(s.Alarms)) {
		lines = append(lines, fmt.Sprintf("ALARM: %s (%d times)", a, s.Alarms[a]))
	}
	for _, why := range slices.Sorted(maps.Keys(s.Refused)) {
		lines = append(lines, fmt.Sprintf("%d items refused: %s", s.Refused[why], why))
	}
	if s.Lost > 0 {
		lines = append(lines, fmt.Sprintf("its queue pushed %d records out unsent; the totals of later ones have their counts", s.Lost))
	}
	if s.LogWhole < s.LogLast {
		lines = append(lines, fmt.Sprintf("its log has %d entries, of which the first %d came and are linked", s.LogLast, s.LogWhole))
	}
	return lines
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func stamp(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func ago(t *time.Time, now time.Time) string {
	if t == nil {
		return "never"
	}
	return now.Sub(*t).Round(time.Second).String() + " ago"
}

// Quality gives the quality bits of a record as words.
func Quality(r *record.Record) string {
	var words []string
	for _, q := range []struct {
		bit  uint32
		word string
	}{{tally.Relit, "relit"}, {tally.Crowded, "crowded"}, {tally.Full, "full"}, {tally.Starved, "starved"}, {tally.Coarse, "coarse"}} {
		if r.Quality&q.bit != 0 {
			words = append(words, q.word)
		}
	}
	for _, layer := range r.Held().Missing() {
		words = append(words, "without "+layer)
	}
	return strings.Join(words, ", ")
}

func clock(c uint8) string {
	switch c {
	case record.ClockUnknown:
		return "unknown"
	case record.ClockHeld:
		return "held"
	}
	return "known"
}

func mode(m uint8) string {
	switch m {
	case record.ModeOneDoor:
		return "door"
	case record.ModeRoom:
		return "room"
	case record.ModeMember:
		return "member"
	}
	return "alone"
}
