package tape

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

// Player plays films on a camera of a bench. What it asks of a film is what an emulated USB camera asks: whether the
// next frame may go, its bytes, and it tells what happens with the stream.
type Player struct {
	conn net.Conn
	say  func(string)
	done chan struct{}

	write  sync.Mutex // one message at a time
	turn   sync.Mutex // of what a film hears of the end of a frame and of a stream
	mu     sync.Mutex
	film   *usbcam.Camera // that is plugged in, nil for none
	run    chan struct{}  // closed when the stream ends; nil while there is none
	left   uint32         // number of the frame that left last
	more   chan struct{}  // told when one has left
	number uint32         // of the newest frame, from 1
	err    error
}

// greeting is how long a camera may take to answer.
const greeting = 10 * time.Second

// Dial connects to the camera at an address.
func Dial(address string, say func(string)) (*Player, error) {
	conn, err := net.DialTimeout("tcp", address, greeting)
	if err != nil {
		return nil, fmt.Errorf("tape: %w; hint: does tools/rig/real/gadget run there?", err)
	}
	p, err := New(conn, say)
	if err != nil {
		conn.Close()
	}
	return p, err
}

// New takes a connection to a camera.
func New(conn net.Conn, say func(string)) (*Player, error) {
	p := &Player{conn: conn, say: say, done: make(chan struct{}), more: make(chan struct{}, 1)}
	if err := conn.SetDeadline(time.Now().Add(greeting)); err != nil {
		return nil, fmt.Errorf("tape: %w", err)
	}
	if err := Write(conn, Message{Kind: Greet, Number: Version}); err != nil {
		return nil, err
	}
	m, err := Read(conn)
	if err == nil && (m.Kind != Greet || m.Number != Version) {
		err = fmt.Errorf("%w: %q %d, want version %d; hint: build the camera's program from the same tree", ErrMessage, m.Kind, m.Number, Version)
	}
	if err = errors.Join(err, conn.SetDeadline(time.Time{})); err != nil {
		return nil, err
	}
	go p.listen()
	return p, nil
}

// Plug plugs a camera in that plays a film.
func (p *Player) Plug(film *usbcam.Camera) error {
	if len(film.Offers) == 0 {
		return errors.New("tape: a film without a format")
	}
	o := film.Offers[0]
	f := Format{MJPEG: o.MJPEG, Width: uint16(o.Width), Height: uint16(o.Height), Interval: uint32(film.Pace / (100 * time.Nanosecond)), Largest: uint32(o.Most)}
	if !f.MJPEG {
		f.Largest = uint32(2 * o.Width * o.Height)
	}
	p.mu.Lock()
	p.film = film
	p.mu.Unlock()
	return p.tell(Message{Kind: Plug, Body: f.Bytes()})
}

// Unplug takes it away.
func (p *Player) Unplug() error {
	err := p.tell(Message{Kind: Unplug})
	p.stop(false)
	return err
}

func (p *Player) tell(m Message) error {
	p.write.Lock()
	defer p.write.Unlock()
	if err := p.conn.SetWriteDeadline(time.Now().Add(greeting)); err != nil {
		return fmt.Errorf("tape: %w", err)
	}
	return Write(p.conn, m)
}

// listen takes what the camera tells until it is gone.
func (p *Player) listen() {
	defer close(p.done)
	defer p.stop(true)
	for {
		m, err := Read(p.conn)
		if err == nil && m.Kind == Failed {
			err = fmt.Errorf("tape: the camera: %s", m.Body)
		}
		if err != nil {
			p.mu.Lock()
			p.err = err
			p.mu.Unlock()
			return
		}
		switch m.Kind {
		case Started:
			p.start()
		case Held:
			p.seen(usbcam.Held)
		case Sent:
			p.mu.Lock()
			p.left = m.Number
			p.mu.Unlock()
			select {
			case p.more <- struct{}{}:
			default: // told already
			}
		case Stopped:
			p.stop(true)
		}
	}
}

func (p *Player) seen(e usbcam.Event) {
	p.mu.Lock()
	film := p.film
	p.mu.Unlock()
	if film != nil && film.Seen != nil {
		film.Seen(e)
	}
}

// start begins a stream.
func (p *Player) start() {
	p.stop(true)
	p.mu.Lock()
	film := p.film
	if film == nil {
		p.mu.Unlock()
		return
	}
	run := make(chan struct{})
	p.run = run
	p.mu.Unlock()
	p.seen(usbcam.Started)
	go p.play(film, run)
}

// stop ends the stream; with again the same film can be wanted once more.
func (p *Player) stop(again bool) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.mu.Lock()
	run := p.run
	p.run = nil
	p.mu.Unlock()
	if run != nil {
		close(run)
		p.seen(usbcam.Stopped)
	}
	if !again {
		p.mu.Lock()
		p.film = nil
		p.mu.Unlock()
	}
}

// Err tells why the camera is gone, if it is.
func (p *Player) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Close ends it. The camera unplugs itself when nobody is connected.
func (p *Player) Close() error {
	err := p.conn.Close()
	<-p.done
	return err
}
