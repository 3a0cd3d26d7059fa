// Package term shows progress on a terminal, and nothing where there is none.
package term

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Progress is one line that is written over. The zero value and nil show nothing.
type Progress struct {
	mu   sync.Mutex
	out  io.Writer
	at   time.Time
	used bool
}

// every is the time between two prints.
const every = 100 * time.Millisecond

// New shows progress on f if it is a terminal.
func New(f *os.File) *Progress {
	if !Is(f) {
		return nil
	}
	return &Progress{out: f}
}

// Is tells whether f is a terminal, or at least a device that lines can be written over on.
func Is(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Show writes the line over the last one, unless that is hardly old.
func (p *Progress) Show(format string, args ...any) {
	if p == nil || p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.at) < every {
		return
	}
	p.at, p.used = time.Now(), true
	fmt.Fprintf(p.out, "\r\x1b[K"+format, args...)
}

// Clear takes the line away.
func (p *Progress) Clear() {
	if p == nil || p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	p.used = false
}
