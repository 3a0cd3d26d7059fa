package tape

import (
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

// play sends frames, each when the one before has left and the film lets it go, at the film's pace at most.
func (p *Player) play(film *usbcam.Camera, run chan struct{}) {
	for next := time.Now(); ; {
		select {
		case <-run:
			return
		case <-time.After(time.Until(next)):
		}
		if film.Ready != nil && !film.Ready() {
			next = time.Now().Add(time.Millisecond)
			continue
		}
		next = time.Now().Add(film.Pace)
		if !p.frame(film, run) {
			return
		}
	}
}

// frame sends one and waits until it has left.
func (p *Player) frame(film *usbcam.Camera, run chan struct{}) bool {
	p.mu.Lock()
	p.number++
	number := p.number
	p.mu.Unlock()
	fault := usbcam.None
	if film.Fault != nil {
		fault = film.Fault(number)
	}
	var body []byte
	if o := film.Offers[0]; o.MJPEG {
		body = film.Code(number)
	} else {
		body = make([]byte, 2*o.Width*o.Height)
		film.Fill(number, body)
	}
	if fault == usbcam.Short { // the other faults lie in what the camera's own chip adds
		body = body[:len(body)/2]
	}
	if p.tell(Message{Kind: Frame, Number: number, Body: body}) != nil {
		return false
	}
	for {
		select {
		case <-run:
			return false
		case <-p.more:
		}
		if p.sent(film, number, run) {
			return true
		}
	}
}

// sent tells a film that a frame has left, if it has and its stream is not over.
func (p *Player) sent(film *usbcam.Camera, number uint32, run chan struct{}) bool {
	p.turn.Lock() // nobody hears of a frame after the end of its stream
	defer p.turn.Unlock()
	p.mu.Lock()
	gone := p.left == number && p.run == run
	p.mu.Unlock()
	if gone && film.Seen != nil {
		film.Seen(usbcam.Sent)
	}
	return gone
}
