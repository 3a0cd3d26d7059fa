package film

import (
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

// life is one stream: what one eye saw, from opening the camera to letting go of it.
type life struct {
	held bool  // it counts
	runs []run // of frames that it counted on, or would have
}

// run is so many frames of the reel in a row with the same fault; "lost" is that they never came whole.
type run struct {
	frames int
	fault  string
}

// lost marks a frame that was begun and not sent to its end, because the stream was stopped.
const lost = "lost"

// ready tells whether the next frame may be sent: the board has worked off the last one.
func (f *Film) ready() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if f.state.waits {
		done := f.watch == nil || f.o.Plain
		if !done {
			idle, err := f.watch.Idle(now)
			done = idle || err != nil
		}
		if !done && now.Sub(f.state.sent) > patience {
			f.state.hurried++
			done = true
		}
		if !done {
			return false
		}
		f.took()
	}
	return !now.Before(f.faults.until)
}

// seen hears what happens with the stream.
func (f *Film) seen(e usbcam.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch e {
	case usbcam.Started:
		f.now = &life{}
		f.lives = append(f.lives, f.now)
	case usbcam.Held:
		if f.now != nil {
			f.now.held = true
		}
	case usbcam.Sent:
		f.state.begun, f.state.waits, f.state.sent = false, true, time.Now()
	case usbcam.Stopped:
		// A frame that came whole was waited for, and so taken.
		if f.state.waits {
			f.took()
		}
		f.end()
	case usbcam.Pulled:
		if f.state.waits && f.now != nil { // nobody knows whether it was taken
			f.state.hurried++
		}
		f.end()
	}
}

// end ends a life. A frame that was begun comes no more. f.mu is held.
func (f *Film) end() {
	if f.state.begun && f.state.counts {
		f.note(lost)
	}
	f.state.begun, f.state.waits, f.now = false, false, nil
	f.changed()
}

// took notes that the board has the frame that was sent. f.mu is held.
func (f *Film) took() {
	f.state.waits = false
	f.state.taken++
	if f.now != nil && f.state.counts {
		f.note(f.state.fault)
	}
	f.changed()
}

// note adds a frame to the newest run. f.mu is held.
func (f *Film) note(fault string) {
	if n := len(f.now.runs); n > 0 && f.now.runs[n-1].fault == fault {
		f.now.runs[n-1].frames++
		return
	}
	f.now.runs = append(f.now.runs, run{1, fault})
}

// begin is asked for the fault of a frame before its bytes.
func (f *Film) begin(uint32) usbcam.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.begun, f.state.fault = true, ""
	if f.state.counts = f.now != nil && f.now.held; !f.state.counts {
		return usbcam.None
	}
	f.state.fault = f.faults.next()
	return map[string]usbcam.Fault{"error": usbcam.Error, "short": usbcam.Short, "long": usbcam.Long}[f.state.fault]
}

// frame gives the bytes of the frame that was begun. They stay as they are until the next one.
func (f *Film) frame() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.state.counts {
		return f.still
	}
	if f.first { // which has stood there until now
		f.first = false
	} else if data, err := f.reel.Next(); err != nil {
		f.err = err
	} else {
		f.still = append(f.still[:0], data...)
	}
	return spoil(f.still, f.state.fault)
}
