// Package cycle is the loop of the eye: borrow a frame, reduce it in place, return it wiped, count,
// and every beat hand out a tally. It keeps nothing of a frame, allocates nothing once it runs,
// and knows no clock but the numbers of the frames. It stands between hal/camera and privacy/wire.
package cycle

import (
	"errors"
	"fmt"
	"time"

	"tellijn/counting/pipeline"
	"tellijn/counting/tally"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

// MaxLife is how long a frame may live. A longer life ends the eye: 0.2 s is the promise that was
// made to the people under the camera.
const MaxLife = 200 * time.Millisecond

// patience is how many times in a row a camera may be late before it counts as gone. Cameras do
// stop silently; opening them anew is what helps.
const patience = 5

// Errors that a caller branches on, beside those of hal/camera.
var (
	// ErrOverdue says that a frame lived longer than MaxLife.
	ErrOverdue = errors.New("cycle: a frame lived too long")
	// ErrUnread says that a tally could not be handed out.
	ErrUnread = errors.New("cycle: tally not taken")
)

// Guard is told when a frame is out and when it is wiped, so that somebody else can end an eye that
// hangs in between.
type Guard interface {
	Arm(d time.Duration) error
	Disarm() error
}

// Loop is one run of the eye.
type Loop struct {
	Camera camera.Source
	Guard  Guard // nil on systems that have none
	Count  *pipeline.Pipeline
	Out    *wire.Writer
	Beat   uint32 // frames between tallies
	// Stop is asked before each frame; true ends the run in order.
	Stop func() bool

	frame camera.Frame
	from  uint32 // first frame of the open tally
	next  uint32 // first frame of the tally after it
	to    uint32 // first frame not seen yet
	late  int
}

// Run loops until Stop says so or the camera has no more frames, which is no error, or until
// something fails. In every case the open tally is handed out. The caller closes and wipes.
func (l *Loop) Run() error {
	l.next = l.Beat
	err := l.loop()
	if errors.Is(err, ErrUnread) || l.to <= l.from {
		return err
	}
	t := l.Count.Close(l.to)
	if werr := l.Out.Write(&t); err == nil && werr != nil {
		err = fmt.Errorf("%w: %w", ErrUnread, werr)
	}
	return err
}

func (l *Loop) loop() error {
	for !l.Stop() {
		err := l.Camera.Borrow(&l.frame)
		switch {
		case err == nil:
			l.late = 0
		case errors.Is(err, camera.ErrEnded):
			return nil
		case errors.Is(err, camera.ErrTimeout):
			if l.late++; l.late >= patience {
				return fmt.Errorf("%w: no frame %d times in a row: %w", camera.ErrGone, l.late, err)
			}
			continue
		default:
			return err
		}
		if err := l.cycle(); err != nil {
			return err
		}
	}
	return nil
}

// cycle is the life of one frame and what is counted on it.
func (l *Loop) cycle() error {
	sequence := l.frame.Sequence
	if err := l.guard(true); err != nil {
		return err // the caller closes the camera, which wipes the frame
	}
	usable := !l.frame.Damaged && l.Count.Reduce(&l.frame) == nil
	life, err := l.Camera.Return(&l.frame)
	if gerr := l.guard(false); err == nil {
		err = gerr
	}
	// The tally of the beats before is closed before this frame goes into the next.
	if werr := l.beat(sequence); werr != nil {
		return werr
	}
	l.to = sequence + 1
	l.Count.Lived(uint32(min(max(life.Microseconds(), 0), wire.MaxLifetime)))
	if usable {
		l.Count.Count(sequence)
	} else {
		l.Count.Skip(sequence)
	}
	if err != nil {
		return err
	}
	if life > MaxLife {
		return fmt.Errorf("%w: %v, at most %v; is the machine overloaded?", ErrOverdue, life, MaxLife)
	}
	return nil
}

// guard says that a frame is out, or wiped.
func (l *Loop) guard(out bool) error {
	switch {
	case l.Guard == nil:
		return nil
	case out:
		return l.Guard.Arm(MaxLife)
	}
	return l.Guard.Disarm()
}

// beat hands out the open tally if the frame lies behind it. Tallies end at whole beats; one that
// spans frames which never came may be several beats long.
func (l *Loop) beat(sequence uint32) error {
	if sequence < l.next {
		return nil
	}
	to := sequence - sequence%l.Beat
	var t tally.Tally = l.Count.Close(to)
	l.from, l.next = to, to+l.Beat
	if err := l.Out.Write(&t); err != nil {
		return fmt.Errorf("%w: %w", ErrUnread, err)
	}
	return nil
}
