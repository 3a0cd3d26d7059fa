// Package player plays a clip into the pipe from which the eye of a simulated board takes frames.
// The eye itself opens no files. Nothing is decoded here, and nothing shown.
package player

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/clip"
	"tellijn/hal/camera/feed"
)

// Clip is a clip ready to be played.
type Clip struct {
	src   *clip.Clip
	start time.Time
	speed int
}

// Open opens the file and plays it at a speed, when asked to.
func Open(path string, speed int) (*Clip, error) {
	c := &Clip{speed: speed}
	src, err := clip.Open(path, clip.Options{Wait: c.wait})
	if err != nil {
		return nil, err
	}
	c.src = src
	return c, nil
}

// wait holds a frame back until it is due. Time that was lost, while the eye was not there yet or
// could not keep up, is not made up for, so that people do not rush.
func (c *Clip) wait(due time.Duration) error {
	due /= time.Duration(c.speed)
	early := time.Until(c.start.Add(due))
	if early < 0 {
		c.start = c.start.Add(-early)
	}
	time.Sleep(early)
	return nil
}

// Format of the frames.
func (c *Clip) Format() camera.Format { return c.src.Format() }

// Length of the clip at ordinary speed.
func (c *Clip) Length() time.Duration {
	return time.Duration(c.src.Frames()) * c.src.Format().Interval
}

// Play writes the frames to w, to the end of the clip or until nobody reads. It closes both.
func (c *Clip) Play(w io.WriteCloser) error {
	defer w.Close()
	defer c.src.Close()
	c.start = time.Now()
	out, err := feed.NewWriter(w, c.src.Format(), c.src.Largest())
	var f camera.Frame
	for err == nil {
		if err = c.src.Borrow(&f); err != nil {
			break
		}
		err = out.Write(&f)
		if _, back := c.src.Return(&f); err == nil {
			err = back
		}
	}
	switch {
	case errors.Is(err, camera.ErrEnded):
		err = out.Close()
	case errors.Is(err, clip.ErrBroken) && out != nil:
		// What could be read was counted; say why there is no more.
		err = errors.Join(fmt.Errorf("the clip ends early: %w", err), out.Close())
	}
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}
