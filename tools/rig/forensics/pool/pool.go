// Package pool is what a camera plays whose frames are to be looked for afterwards: noise that nobody has seen before,
// made for one run (privacy/privacytest/canary). Each time the camera is plugged in it plays frames of its own, so
// that what is left of an earlier time can be told from what is in flight now. One frame is never played: a control
// may plant it. The frames live in this computer's memory only. It is for the rig, outside the data path.
package pool

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/privacy/privacytest/canary"
)

const (
	// Share is how many different frames are played each time the camera is plugged in, again and again. It is more
	// than can be in flight at once.
	Share = 16
	// Plugs is how often it can be plugged in; from then on the last share is played, which Err tells.
	Plugs = 6
)

// Pool is one run's frames.
type Pool struct {
	frames []canary.Frame
	set    *canary.Set
	format camera.Format

	mu      sync.Mutex
	plugged int
	played  int
	last    [Share * Plugs]int // 1 + played at the time when this frame was
	err     error
}

// New makes the frames: YUYV of this size.
func New(width, height int) (*Pool, error) {
	var seed canary.Seed
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, fmt.Errorf("pool: %w", err)
	}
	p := &Pool{format: camera.Format{Pixel: camera.YUYV, Width: width, Height: height, Stride: 2 * width, Interval: time.Second / 30}}
	var err error
	if p.frames, p.set, err = canary.New(p.format, Share*Plugs+1, seed); err != nil {
		return nil, fmt.Errorf("pool: %w", err)
	}
	return p, nil
}

// Camera gives a camera that plays the next share, no quicker than pace. Of those it gave only the last one is
// plugged in.
func (p *Pool) Camera(pace time.Duration) *usbcam.Camera {
	p.mu.Lock()
	share := min(p.plugged, Plugs-1)
	if p.plugged++; p.plugged > Plugs {
		p.err = fmt.Errorf("pool: the camera was plugged in %d times, want %d at most: the last frames are played again", p.plugged, Plugs)
	}
	p.mu.Unlock()
	return &usbcam.Camera{Pace: pace, Fill: func(n uint32, pixels []byte) { p.Fill(share, n, pixels) }}
}

// Fill makes the frame of this number in a share.
func (p *Pool) Fill(share int, n uint32, pixels []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := share*Share + int(n%Share)
	if len(pixels) != len(p.frames[i].Data) { // asked for another size than was made
		p.err = fmt.Errorf("pool: a frame of %d bytes, want %dx%d", len(pixels), p.format.Width, p.format.Height)
		clear(pixels)
		return
	}
	copy(pixels, p.frames[i].Data)
	p.played++
	p.last[i] = p.played
}

// Set holds all frames.
func (p *Pool) Set() *canary.Set { return p.set }

// Bytes of a frame.
func (p *Pool) Bytes() int { return len(p.frames[0].Data) }

// Spare is the number of the frame that is never played, and its pixels.
func (p *Pool) Spare() (number int, pixels []byte) {
	return Share * Plugs, p.frames[Share*Plugs].Data
}

// Plug tells for which time that the camera was plugged in a frame was made, from 1.
func (p *Pool) Plug(number int) int { return number/Share + 1 }

// Plugged is how often the camera was plugged in so far.
func (p *Pool) Plugged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.plugged
}

// Played is how many frames were begun so far.
func (p *Pool) Played() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.played
}

// Age is how many frames were begun after this one was begun last; one that never was is older than all.
func (p *Pool) Age(number int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if number >= len(p.last) || p.last[number] == 0 {
		return p.played + 1
	}
	return p.played - p.last[number]
}

// Err tells what makes a search worth less.
func (p *Pool) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}
