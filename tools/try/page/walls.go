package page

import (
	"fmt"
	"strings"

	"tellijn/privacy/record"
)

// HeldIn says in one line what held the eye in during a record, and what did not, from the record's
// own quality bits. whole is false if anything was missing.
func HeldIn(r *record.Record) (line string, whole bool) {
	held, missing := r.Held(), r.Held().Missing()
	switch {
	case r.Coverage == 0:
		return "Held in by: not known, no frame was counted in the newest record", false
	case len(missing) == 0:
		return "Held in by: " + held.String() + " · missing: nothing", true
	}
	return "Held in by: " + held.String() + " · missing: " + strings.Join(missing, ", "), false
}

// says gives what a record says in plain words.
func says(r *record.Record) string {
	whose := "this door"
	switch r.Rule.Mode {
	case record.ModeMember:
		return "Its counts went to the head of " + r.Rule.Room + ", which adds them up."
	case record.ModeRoom:
		whose = fmt.Sprintf("all of %s, %d of %d doors heard", r.Rule.Room, r.Rule.Heard, r.Rule.Doors)
	case record.ModeAlone:
		whose = "this door alone, since the head of " + r.Rule.Room + " is away"
	}
	var lines []string
	for _, l := range r.Lines {
		text := fmt.Sprintf("%d forward, %d backward", l.Forward, l.Backward)
		if l.CorrectedForward+l.CorrectedBackward > 0 {
			text += fmt.Sprintf(" (and %d and %d from before)", l.CorrectedForward, l.CorrectedBackward)
		}
		if r.Rule.Mode != record.ModeAlone { // its level is of no room
			text += fmt.Sprintf(", %d–%d inside", l.Level, l.Level+2*uint32(r.Rule.K)-2)
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "; ") + ". This is of " + whose + "."
}
