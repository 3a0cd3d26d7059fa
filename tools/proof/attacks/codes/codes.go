// Package codes are what the hostile eye and those who run it agree on: exit codes, apart from those
// of an honest eye, and a number of calls. It does nothing.
package codes

// Exit codes.
const (
	Worked  = 77 // the attack did what it wanted
	Refused = 78 // it was made, and the kernel said no
	Unknown = 79 // there is no such attack
)

// Calls is how often the attack "calls" sets its alarm, to measure what one call costs.
const Calls = 1_000_000
