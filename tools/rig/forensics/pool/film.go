package pool

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/film/pace"
)

// usual is what a camera has if nothing else is said.
const (
	usual     = "yuyv 320x240"
	usualRate = 10
)

// patience is how long the board may work on one frame: after it the next one is sent all the same. The eye
// is late after a second.
const patience = 900 * time.Millisecond

// agree reads which camera is wanted.
func (p *Pool) agree(format string, rate int) error {
	if format == "" {
		format = usual
	}
	if rate == 0 {
		rate = usualRate
	}
	kind, size, _ := strings.Cut(format, " ")
	var w, h int
	if n, err := fmt.Sscanf(size, "%dx%d", &w, &h); n != 2 || err != nil || kind != "yuyv" && kind != "mjpeg" || rate < 1 || rate > 120 {
		return fmt.Errorf("pool: camera %q at %d frames a second, want such as \"yuyv 320x240\" or \"mjpeg 640x480\", and 1 to 120", format, rate)
	}
	p.format = camera.Format{Pixel: camera.YUYV, Width: w, Height: h, Stride: 2 * w, Interval: time.Second / time.Duration(rate)}
	if kind == "mjpeg" {
		p.format.Pixel, p.format.Stride = camera.MJPEG, 0
	}
	p.offer = usbcam.Offer{MJPEG: kind == "mjpeg", Width: w, Height: h, Rates: []int{rate}}
	return nil
}

// Table gives the keys of the table [camera] of a device that is to look at it.
func (p *Pool) Table() string {
	return fmt.Sprintf("format = %q\nwidth = %d\nheight = %d\nfps = %d\n", p.format.Pixel, p.format.Width, p.format.Height, p.offer.Rates[0])
}

// Config is "": noise goes with any scene.
func (p *Pool) Config() string { return "" }

// Pace looks from now on at the process of a machine, to send the next frame when it has worked off the last one. 0
// looks at none.
func (p *Pool) Pace(pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch = nil
	if pid != 0 {
		p.watch = pace.New(pid)
	}
}

// Camera gives a camera that plays the next share. Of those it gave only the last one is plugged in.
func (p *Pool) Camera() *usbcam.Camera {
	p.mu.Lock()
	defer p.mu.Unlock()
	share := min(p.plugged, Plugs-1)
	if p.plugged++; p.plugged > Plugs {
		p.err = fmt.Errorf("pool: the camera was plugged in %d times, want %d at most: the last frames are played again", p.plugged, Plugs)
	}
	p.sent, p.paused, p.open = time.Time{}, false, false
	return &usbcam.Camera{Pace: p.format.Interval, Offers: []usbcam.Offer{p.offer}, Ready: p.ready, Seen: p.seen, Fault: p.fault,
		Fill: func(n uint32, pixels []byte) { copy(pixels, p.begin(share, n)) }, Code: func(n uint32) []byte { return p.begin(share, n) }}
}

// ready tells whether the board has worked off the last frame.
func (p *Pool) ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent.IsZero() {
		return !p.rest
	}
	now := time.Now()
	if p.watch != nil && (p.rest || now.Sub(p.sent) < patience) {
		if idle, err := p.watch.Idle(now); !idle && err == nil {
			return false
		}
	}
	p.sent = time.Time{}
	p.taken++
	p.changed()
	return !p.rest
}

// Quiet lets the camera begin no frame from now on, and waits until the board has worked off the last one. Rest lets it
// go on.
func (p *Pool) Quiet(ctx context.Context) error {
	p.Rest(true)
	if err := p.wait(ctx, func() bool { return !p.open && p.sent.IsZero() }); err != nil {
		return fmt.Errorf("pool: the board does not work the last frame off: %w", err)
	}
	return nil
}

// Rest lets the camera begin no frame from now on, or go on.
func (p *Pool) Rest(rest bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest = rest
}

// seen hears what happens with the stream.
func (p *Pool) seen(e usbcam.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e {
	case usbcam.Sent:
		p.sent, p.open = time.Now(), false
		p.whole++
		p.changed()
	case usbcam.Paused:
		p.paused = true
		p.changed()
	}
}

// fault is asked for that of the frame which is begun next.
func (p *Pool) fault(uint32) usbcam.Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.halves == 0 {
		return usbcam.None
	}
	p.halves--
	return usbcam.Half
}

// Fault spoils frames to come: "half" lets only half of the next one come, and nothing more until the camera is plugged
// in again.
func (p *Pool) Fault(kind string, n int) error {
	if kind != "half" || n != 1 {
		return fmt.Errorf("pool: %d frames with the fault %q, want one half: %w", n, kind, bench.ErrCannot)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.halves++
	return nil
}

// Half waits until half of a frame is with the board, and no more of it comes.
func (p *Pool) Half(ctx context.Context) error {
	if err := p.wait(ctx, func() bool { return p.paused }); err != nil {
		return fmt.Errorf("pool: no frame stopped half way: %w", err)
	}
	return nil
}

// Paused tells whether it is so now.
func (p *Pool) Paused() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paused
}

// Sent waits until the next frame was sent to its end: the board has it, and has not worked it off.
func (p *Pool) Sent(ctx context.Context) error {
	p.mu.Lock()
	want := p.whole + 1
	p.mu.Unlock()
	if err := p.wait(ctx, func() bool { return p.whole >= want }); err != nil {
		return fmt.Errorf("pool: no frame was sent: %w", err)
	}
	return nil
}

// Played is how many frames the board took.
func (p *Pool) Played() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken
}

// Await waits until the board took n frames more than now.
func (p *Pool) Await(ctx context.Context, n int) error {
	want := p.Played() + n
	if err := p.wait(ctx, func() bool { return p.taken >= want }); err != nil {
		return fmt.Errorf("pool: %d frames of %d were taken: %w", p.Played()+n-want, n, err)
	}
	return nil
}

// wait waits until done, which is called while p.mu is held.
func (p *Pool) wait(ctx context.Context, done func() bool) error {
	for {
		p.mu.Lock()
		ok, change := done(), p.change
		p.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// changed tells those who wait. p.mu is held.
func (p *Pool) changed() {
	close(p.change)
	p.change = make(chan struct{})
}

// Replayed and Truth cannot be: nobody is in noise.
func (p *Pool) Replayed() ([]bench.Counts, error) { return nil, errNobody() }

// Truth cannot be told.
func (p *Pool) Truth() ([]bench.Counts, error) { return nil, errNobody() }

func errNobody() error { return fmt.Errorf("pool: nobody is in noise: %w", bench.ErrCannot) }
