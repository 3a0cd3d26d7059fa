package page

import (
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
