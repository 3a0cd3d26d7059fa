// Package codes are the exit codes of the hostile eye, apart from those of an honest one, for the
// eye itself and for those who run it. It does nothing.
package codes

// Exit codes.
const (
	Worked  = 77 // the attack did what it wanted
	Refused = 78 // it was made, and the kernel said no
	Unknown = 79 // there is no such attack
)
