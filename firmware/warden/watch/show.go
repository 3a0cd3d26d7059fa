package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/view"
)

// window writes to the view without ever holding the warden up: what finds it full is not shown.
type window struct {
	todo chan func(*os.File) error
	done chan struct{}
	gone chan struct{}
}

// lost is closed when nobody looks any more; without a window, never.
func (w *window) lost() <-chan struct{} {
	if w == nil {
		return nil
	}
	return w.gone
}

// newWindow starts a window on f; nil for a window on nothing.
func newWindow(f *os.File) *window {
	if f == nil {
		return nil
	}
	w := &window{make(chan func(*os.File) error, 64), make(chan struct{}), make(chan struct{})}
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

func (w *window) send(write func(*os.File) error) {
	if w == nil {
		return
	}
	select {
	case w.todo <- write:
	default:
	}
}

// close lets what is waiting be seen, for a moment.
func (w *window) close() {
	if w == nil {
		return
	}
	close(w.todo)
	select {
	case <-w.done:
	case <-time.After(time.Second):
	}
}

// show sends the state after a tally; without one, that nothing is counted now.
func (w *Warden) show(t *tally.Tally, counting bool) {
	if w.view == nil {
		return
	}
	s := w.state(counting)
	if t != nil {
		for i := range s.Lines {
			s.Lines[i].LitForward = t.Lines[i].Forward > 0
			s.Lines[i].LitBackward = t.Lines[i].Backward > 0
		}
	}
	w.view.send(func(f *os.File) error { return view.WriteState(f, s) })
}

// summary says what was counted since the start, and where it is now.
func (w *Warden) summary() {
	for i, t := range w.book.Totals {
		w.s.Say(fmt.Sprintf("Counted  line %d: %d forward, %d backward", i+1, t.Forward, t.Backward))
	}
	for i, c := range w.clerk.Carried {
		w.s.Say(fmt.Sprintf("Carried  line %d: %d forward, %d backward wait until they can leave without showing anybody", i+1, c.Forward, c.Backward))
	}
	w.s.Say(fmt.Sprintf("Stored   %d records in %s", w.stored, filepath.Join(w.s.Dir, "courier", "queue.db")))
}

// tellRecord shows the newest record, as it is signed.
func (w *Warden) tellRecord() {
	if told := w.clerk.Told; told != nil {
		w.view.send(func(f *os.File) error { return view.WriteRecord(f, told) })
	}
}

// state makes what the view shows.
func (w *Warden) state(counting bool) *view.State {
	w.beats++
	s := &view.State{Number: w.beats, Counting: counting}
	for _, t := range w.book.Totals {
		s.Lines = append(s.Lines, view.Line{Forward: t.Forward, Backward: t.Backward})
	}
	for _, n := range w.book.Inside {
		s.Zones = append(s.Zones, uint8(n))
	}
	return s
}
