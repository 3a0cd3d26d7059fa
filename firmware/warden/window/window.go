// Package window is how a warden on a pretended board shows what it does without ever waiting for who looks.
// It knows nothing of what is shown; firmware/view says that.
package window

import (
	"os"
	"time"
)

// Window writes to the view without ever holding the warden up: what finds it full is not shown.
type Window struct {
	todo chan func(*os.File) error
	done chan struct{}
	gone chan struct{}
}

// Lost is closed when nobody looks any more; without a window, never.
func (w *Window) Lost() <-chan struct{} {
	if w == nil {
		return nil
	}
	return w.gone
}

// New starts a window on f; nil for a window on nothing.
func New(f *os.File) *Window {
	if f == nil {
		return nil
	}
	w := &Window{make(chan func(*os.File) error, 64), make(chan struct{}), make(chan struct{})}
	go func() {
		defer close(w.done)
		defer f.Close()
		for write := range w.todo {
			if write(f) != nil {
				close(w.gone)
				break
			}
		}
		for range w.todo {
		}
	}()
	return w
}

// Send writes soon, or not at all when too much waits. On nil it does nothing.
func (w *Window) Send(write func(*os.File) error) {
	if w == nil {
		return
	}
	select {
	case w.todo <- write:
	default:
	}
}

// Close lets what is waiting be seen, for a moment.
func (w *Window) Close() {
	if w == nil {
		return
	}
	close(w.todo)
	select {
	case <-w.done:
	case <-time.After(time.Second):
	}
}
