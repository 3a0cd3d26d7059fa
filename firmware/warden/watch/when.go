package watch

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"time"

	"tellijn/firmware/warden/calendar"
	"tellijn/firmware/warden/clerk"
	"tellijn/hal/clock"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

// when is what time it is for records. By frames it passes with the frames of the eye, so that a slow
// machine makes the same records; otherwise with the clock.
type when struct {
	clock     clock.Clock
	calendar  calendar.Compressed
	keeper    *calendar.Keeper
	byFrames  bool
	pretended bool
	boot      time.Duration // clock.Boot at the start
	begun     time.Duration // pipeline time at the start of this eye, by frames
	frames    time.Duration // pipeline time at the end of the last tally
	asked     time.Time     // when the machine was asked for its clock's state last
	synced    bool
	now       clerk.Stamp
}

// askEvery is how often the kernel is asked whether somebody keeps its clock.
const askEvery = 10 * time.Second

// eye begins the frames of another eye where those of the last one ended.
func (t *when) eye() { t.begun = t.frames }

// tally lets the time of a tally pass.
func (t *when) tally(m *wire.Message) {
	t.frames = t.begun + time.Duration(m.Tally.To)*m.Stream.Interval
}

// read gives the present moment, and a step of the clock that is to be told.
func (t *when) read() (clerk.Stamp, *calendar.Step) {
	wall, mono := t.calendar.Wall(t.clock.Now()), t.clock.Boot()-t.boot
	if t.byFrames {
		wall, mono = t.calendar.At(t.frames), t.frames
	}
	if d := t.clock.Since(); t.asked.IsZero() || d > 0 && time.Since(t.asked) > askEvery {
		t.asked, t.synced = time.Now(), t.pretended || clock.Synced()
	}
	mono = t.calendar.Span(mono)
	now, state, step := t.keeper.Read(wall, mono, t.synced)
	t.now = clerk.Stamp{Now: now, Clock: uint8(state), Uptime: mono}
	return t.now, step
}

// age is the present moment for whoever has to tell how old something is, in Unix seconds; 0 while the
// clock is not known.
func (t *when) age() int64 {
	if t.now.Clock != record.ClockKnown {
		return 0
	}
	return t.now.Now.Unix()
}

// stamp gives the present moment and tells of steps.
func (w *Warden) stamp() clerk.Stamp {
	at, step := w.when.read()
	if step != nil {
		believed := int32(0)
		if step.Believed {
			believed = 1
		}
		w.emit(devicelog.ClockStep, step.Seconds(), believed)
	}
	return at
}

// shifts reads by how many seconds the calendar of a pretended board is shifted, eight bytes each,
// until there are no more.
func shifts(from *os.File, out chan<- time.Duration) {
	defer from.Close()
	for {
		var b [8]byte
		if _, err := io.ReadFull(from, b[:]); err != nil {
			return
		}
		n := min(max(int64(binary.LittleEndian.Uint64(b[:])), -maxShift), maxShift)
		out <- time.Duration(n) * time.Second
	}
}

// maxShift is a hundred years, in seconds.
const maxShift = 100 * 366 * 86_400

// shift moves the calendar of a pretended board.
func (w *Warden) shift(by time.Duration) {
	if w.when.calendar.Shift(by) {
		w.s.Say(fmt.Sprintf("Shifted  the clock of this pretended board by %v", by))
	}
}
