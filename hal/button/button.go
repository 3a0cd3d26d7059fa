// Package button is the one button of a device, with which somebody asks it to end in order before the plug
// is pulled. It says whether it is pressed at the moment; how long it must be is for firmware/warden/signs.
// It wakes nobody and counts nothing.
//
// gpiobutton is the driver, simbutton the twin without one, and buttontest is what every driver has to pass.
package button

// Button is a button that is looked at some ten times a second.
type Button interface {
	// Pressed tells whether it is pressed now. With an error it tells nothing, and nobody may take that
	// for a press. It is used from one goroutine.
	Pressed() (bool, error)
}
