// Package when is what time it is for the records of a warden: by the machine's clock as far as
// firmware/warden/calendar believes it, or by the frames of a pretended camera. It sets no clock and asks no
// network; whether somebody keeps the machine's clock is the kernel's word.
package when

import (
	"encoding/binary"
	"io"
	"os"
	"time"

	"tellijn/firmware/warden/calendar"
	"tellijn/firmware/warden/desk"
	"tellijn/hal/clock"
	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

// New begins now. byFrames says that time passes with the frames of the eye, pretended that this board
// counts nobody real.
func New(c clock.Clock, cal calendar.Compressed, k *calendar.Keeper, byFrames, pretended bool) When {
	return When{clock: c, calendar: cal, keeper: k, byFrames: byFrames, pretended: pretended, boot: c.Boot()}
}

// When is what time it is for records. By frames it passes with the frames of the eye, so that a slow
// machine makes the same records; otherwise with the clock.
type When struct {
	clock     clock.Clock
	calendar  calendar.Compressed
	keeper    *calendar.Keeper
	byFrames  bool
	pretended bool
	boot      time.Duration // clock.Boot at the start
	begun     time.Duration // pipeline time at the start of this eye, by frames
	frames    time.Duration // pipeline time at the end of the last tally
	resting   bool          // no frames come, and time goes by the clock
	rested    time.Duration // clock.Since when frames was moved on last
	asked     time.Time     // when the machine was asked for its clock's state last
	synced    bool
	// Now is what Read gave last.
	Now desk.Stamp
}

// askEvery is how often the kernel is asked whether somebody keeps its clock; askSoon while nobody does, since
// the camera waits for it.
const askEvery, askSoon = 10 * time.Second, time.Second

// Eye begins the frames of another eye where those of the last one ended.
func (t *When) Eye() { t.begun, t.resting = t.frames, false }

// Rest says that no frames come until the next Eye. Time that passes with frames goes by the clock meanwhile.
func (t *When) Rest() {
	if !t.resting {
		t.resting, t.rested = true, t.clock.Since()
	}
}

// Tally lets the time of a tally pass.
func (t *When) Tally(m *wire.Message) {
	t.frames = t.begun + time.Duration(m.Tally.To)*m.Stream.Interval
}

// Read gives the present moment, and a step of the clock that is to be told.
func (t *When) Read() (desk.Stamp, *calendar.Step) {
	wall, mono := t.calendar.Wall(t.clock.Now()), t.clock.Boot()-t.boot
	if t.byFrames {
		if since := t.clock.Since(); t.resting {
			t.frames, t.rested = t.frames+since-t.rested, since
		}
		wall, mono = t.calendar.At(t.frames), t.frames
	}
	wait := askEvery
	if !t.synced {
		wait = askSoon
	}
	if d := t.clock.Since(); t.asked.IsZero() || d > 0 && time.Since(t.asked) > wait {
		t.asked, t.synced = time.Now(), t.pretended || clock.Synced()
	}
	mono = t.calendar.Span(mono)
	now, state, step := t.keeper.Read(wall, mono, t.synced)
	t.Now = desk.Stamp{Now: now, Clock: uint8(state), Uptime: mono}
	return t.Now, step
}

// Age is the present moment for whoever has to tell how old something is, in Unix seconds; 0 while the
// clock is not known.
func (t *When) Age() int64 {
	if t.Now.Clock != record.ClockKnown {
		return 0
	}
	return t.Now.Now.Unix()
}

// Carried says that what ends now is kept: from here on time does not go back behind it.
func (t *When) Carried() { t.keeper.Carried(t.Now.Now) }

// Shift moves the calendar of a pretended board and tells whether it moved.
func (t *When) Shift(by time.Duration) bool { return t.calendar.Shift(by) }

// Shifts reads by how many seconds the calendar of a pretended board is shifted, eight bytes each, little
// endian, until there are no more.
func Shifts(from *os.File, out chan<- time.Duration) {
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
