//go:build !linux

package gpio

// Line is a line, which nobody gets here.
type Line struct{}

// Find says that there is none: only Linux has lines that are files.
func Find(string) (Place, error) { return Place{}, absent("only Linux has lines that are files") }

// Output says that there is none.
func Output(p Place, _ bool) (*Line, error) { return nil, absent(p.Name) }

// Input says that there is none.
func Input(p Place, _ Pull) (*Line, error) { return nil, absent(p.Name) }

// Set does nothing.
func (l *Line) Set(bool) error { return nil }

// High tells nothing.
func (l *Line) High() (bool, error) { return false, absent("a line") }

// Fd is no descriptor.
func (l *Line) Fd() int { return -1 }

// Request is none.
func (l *Line) Request() uint64 { return 0 }

// String is empty.
func (l *Line) String() string { return "" }

// Close does nothing.
func (l *Line) Close() error { return nil }
