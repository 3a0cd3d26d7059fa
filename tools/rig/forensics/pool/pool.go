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
	"tellijn/tools/rig/film/pace"
)

const (
	// Share is how many different frames are played each time the camera is plugged in, again and again. It is more
	// than can be in flight at once.
	Share = 16
	// Plugs is how often it can be plugged in; from then on the last share is played, which Err tells.
	Plugs = 6
)

// Pool is one run's frames, a film that the camera before an emulated board plays.
type Pool struct {
	frames []canary.Frame
	set    *canary.Set
	format camera.Format
	offer  usbcam.Offer

	mu      sync.Mutex
	change  chan struct{} // closed when something changes
	watch   *pace.Watch   // nil for none
	sent    time.Time     // when a frame was sent that the board may still work on; zero for none
	plugged int
	played  int
	taken   int
	whole   int                // frames that were sent to their end
	open    bool               // a frame was begun and not sent to its end
	last    [Share * Plugs]int // 1 + played at the time when this frame was
	halves  int                // frames to come of which only half does
	paused  bool               // half of a frame is with the board
	rest    bool               // no frame is begun
	err     error
}

// New makes the frames for a camera such as "yuyv 320x240" or "mjpeg 640x480" of so many frames a second; "" and 0
// mean the first, and 10.
func New(format string, rate int) (*Pool, error) {
	p := &Pool{change: make(chan struct{})}
	if err := p.agree(format, rate); err != nil {
		return nil, err
	}
	var seed canary.Seed
	_, err := rand.Read(seed[:])
	if err == nil {
		p.frames, p.set, err = canary.New(p.format, Share*Plugs+1, seed)
	}
	if err != nil {
		return nil, fmt.Errorf("pool: %w", err)
	}
	for _, f := range p.frames {
		p.offer.Most = max(p.offer.Most, len(f.Data))
	}
	return p, nil
}

// begin gives the frame of this number in a share, as one that the camera begins now.
func (p *Pool) begin(share int, n uint32) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := share*Share + int(n%Share)
	p.played++
	p.open = true
	p.last[i] = p.played
	return p.frames[i].Data
}

// Set holds all frames.
func (p *Pool) Set() *canary.Set { return p.set }

// Bytes of the largest frame.
func (p *Pool) Bytes() int { return p.offer.Most }

// Chance is how many hits a search of a whole card may find that are none: windows of raw pixels hold 64 bits of chance,
// those of MJPEG 54, so that one in some dozen cards has one. (privacy/privacytest/canary, False positives)
func (p *Pool) Chance() int {
	if p.offer.MJPEG {
		return 1
	}
	return 0
}

// Spare is the number of the frame that is never played, and its pixels.
func (p *Pool) Spare() (number int, pixels []byte) {
	f := p.frames[Share*Plugs]
	return Share * Plugs, f.Data[f.Head : len(f.Data)-f.Tail]
}

// Plug tells for which time that the camera was plugged in a frame was made, from 1.
func (p *Pool) Plug(number int) int { return number/Share + 1 }

// Plugged is how often the camera was plugged in so far.
func (p *Pool) Plugged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.plugged
}

// Begun is how many frames were begun so far.
func (p *Pool) Begun() int {
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
