// Package lamp is the status lamp of a device, by which people at the door see how it is without asking it
// anything. What its patterns mean is said in firmware/warden/signs; that the camera is on, another lamp
// shows, which hangs on the camera's own supply and which no program can light or darken alone.
//
// A hal/gpio.Line that drives an output is a Lamp as it is. simlamp is the twin without one, and lamptest
// is what every driver has to pass.
package lamp

// Lamp is a lamp that is lit or dark. It is used from one goroutine.
type Lamp interface {
	// Set lights the lamp or makes it dark. What it is already it stays, without an error.
	Set(lit bool) error
	// Close lets go of the lamp, which may stay as it is.
	Close() error
}
