package cameratest

import (
	"fmt"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/lender"
)

// Step is one answer of a Playback to Borrow.
type Step struct {
	// Data is the payload. One that is too short for the format comes out damaged, as from a
	// driver. It is copied, so that the given bytes survive the wipe.
	Data []byte
	// Lost frames come before this one: the sequence jumps by so many more.
	Lost uint32
	// Damaged marks the frame as the driver would.
	Damaged bool
	// Err is answered instead of a frame. camera.ErrGone stays, as with a pulled cable; anything
	// else, such as camera.ErrTimeout, is over with the next call.
	Err error
}

// Frames makes one plain step of each payload.
func Frames(payloads ...[]byte) []Step {
	steps := make([]Step, len(payloads))
	for i, p := range payloads {
		steps[i].Data = p
	}
	return steps
}

// Playback is a camera in memory: a camera.Source over given steps. The zero clock moves on by one
// frame interval a frame, so that tests do not depend on the machine.
type Playback struct {
	// Lifetime is what Return answers.
	Lifetime time.Duration
	// Borrows, Returns and Closes count the calls that succeeded.
	Borrows, Returns, Closes int

	format camera.Format
	steps  []Step
	next   int
	seq    uint32
	gone   error
	lender *lender.Lender
}

// NewPlayback gives a source over the steps; after the last one it has ended. It never fails: a
// format that cannot be used is for the caller of Format to find.
func NewPlayback(f camera.Format, steps ...Step) *Playback {
	size := 1
	for _, s := range steps {
		size = max(size, len(s.Data))
	}
	l, err := lender.New(size)
	if err != nil {
		l, _ = lender.New(1)
	}
	return &Playback{format: f, steps: steps, gone: err, lender: l, Lifetime: time.Millisecond}
}

// Format is the format given to NewPlayback.
func (p *Playback) Format() camera.Format { return p.format }

// Borrow plays the next step.
func (p *Playback) Borrow(f *camera.Frame) error {
	buf, err := p.lender.Buffer()
	if err != nil {
		return err
	}
	if p.gone != nil {
		return p.gone
	}
	if p.next == len(p.steps) {
		return camera.ErrEnded
	}
	s := &p.steps[p.next]
	p.next++
	p.seq += s.Lost
	if s.Err != nil {
		if isGone(s.Err) {
			p.gone = s.Err
		}
		return s.Err
	}
	n := copy(buf, s.Data)
	p.lender.Lend(f, n, p.seq, s.Damaged || p.format.Short(n), time.Duration(p.seq)*p.format.Interval)
	p.seq++
	p.Borrows++
	return nil
}

// Return takes the frame back and wipes it.
func (p *Playback) Return(f *camera.Frame) (time.Duration, error) {
	if err := p.lender.Return(f); err != nil {
		return 0, err
	}
	p.Returns++
	return p.Lifetime, nil
}

// Close wipes the buffer and gives it back.
func (p *Playback) Close() error {
	first, err := p.lender.Close()
	if first {
		p.Closes++
	}
	return err
}

// String says where the playback stands, for messages of tests.
func (p *Playback) String() string {
	return fmt.Sprintf("playback at step %d of %d, %d borrowed, %d returned", p.next, len(p.steps), p.Borrows, p.Returns)
}
