// Package codes are what the hostile eye and those who run it agree on: exit codes, apart from those
// of an honest eye, and a number of calls. It does nothing.
package codes

// Exit codes. From Errno on it is an error of the kernel, by its number.
const (
	Worked  = 77 // the attack did what it wanted
	Failed  = 78 // it could not even be made
	Unknown = 79 // there is no such attack
	Errno   = 100
)

// Calls is how often the attack "calls" sets its alarm, to measure what one call costs.
const Calls = 1_000_000

// How names of attacks begin: those that are made while the camera is opened, those while it settles, and
// those of an eye that does not confine itself at all, so that only the warden is left to stop it.
const (
	Early    = "early-"
	Settling = "settling-"
	Loose    = "loose-"
)

// StandIn stands in for a camera of the kernel: a device that can be opened, with a descriptor.
const StandIn = "/dev/null"

// Pixels is how many pixels a loose eye tries to carry out.
const Pixels = 48
