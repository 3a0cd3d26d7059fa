// Package simbutton is a button that is none: a test or a tool presses it. It is never used where a board
// has a real one.
package simbutton

import "sync"

// Button is a button.Button. The zero value is not pressed. It may be pressed from anywhere.
type Button struct {
	mu    sync.Mutex
	down  bool
	looks int
	fault error
}

// Press holds it down from now on, or lets go.
func (b *Button) Press(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// Fail lets every later look end in err, as a button whose line is broken would; nil mends it.
func (b *Button) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = err
}

// Pressed tells whether it is held down.
func (b *Button) Pressed() (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks++
	return b.down && b.fault == nil, b.fault
}

// Looks is how often somebody asked.
func (b *Button) Looks() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.looks
}
