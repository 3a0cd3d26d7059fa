package page

import (
	"strings"

	"tellijn/privacy/record"
)

// HeldIn says in one line what held the eye in during a record, and what did not, from the record's
// own quality bits. whole is false if anything was missing. The error wraps record.ErrInvalid.
func HeldIn(encoded []byte) (line string, whole bool, err error) {
	r, err := record.Decode(encoded)
	if err != nil {
		return "", false, err
	}
	held, missing := r.Held(), r.Held().Missing()
	switch {
	case r.Coverage == 0:
		return "Held in by: not known, no frame was counted in the newest record", false, nil
	case len(missing) == 0:
		return "Held in by: " + held.String() + " · missing: nothing", true, nil
	}
	return "Held in by: " + held.String() + " · missing: " + strings.Join(missing, ", "), false, nil
}
