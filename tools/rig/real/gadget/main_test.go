package main

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/real/tape"
)

// board is a double of a camera's kernel and the board behind it.
type board struct {
	mu      sync.Mutex
	f       tape.Format
	tell    func(tape.Message) error
	got     [][]byte
	do      []func() // of the board, one a turn
	busy    bool     // it takes no frame
	plugged bool
	err     error
}

func (b *board) Plug(f tape.Format, tell func(tape.Message) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.f, b.tell, b.plugged = f, tell, true
	return nil
}

func (b *board) Unplug() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.plugged = false
	return nil
}

func (b *board) Turn(frame *tape.Message) (bool, error) {
	time.Sleep(time.Millisecond)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.plugged && len(b.do) > 0 {
		b.do[0]()
		b.do = b.do[1:]
	}
	if frame == nil || b.busy || b.err != nil {
		return false, b.err
	}
	b.got = append(b.got, frame.Body)
	return true, b.tell(tape.Message{Kind: tape.Sent, Number: frame.Number})
}

func (b *board) look(done func() bool) bool {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		b.mu.Lock()
		ok := done()
		b.mu.Unlock()
		if ok {
			return true
		}
	}
	return false
}

// TestServe plays a film from the bench's end to the board's.
func TestServe(t *testing.T) {
	here, there := net.Pipe()
	b := &board{}
	ended := make(chan error, 1)
	go func() { ended <- serve(there, b) }()
	p, err := tape.New(here, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var events []usbcam.Event
	film := &usbcam.Camera{Pace: time.Millisecond, Offers: []usbcam.Offer{{MJPEG: true, Width: 320, Height: 240, Most: 99}},
		Code: func(n uint32) []byte { return []byte{byte(n), 1, 2} },
		Seen: func(e usbcam.Event) { mu.Lock(); defer mu.Unlock(); events = append(events, e) }}
	wants := func(kind tape.Kind) func() { return func() { b.tell(tape.Message{Kind: kind}) } }
	b.mu.Lock()
	b.do = []func(){wants(tape.Started), wants(tape.Held)}
	b.mu.Unlock()
	if err := p.Plug(film); err != nil {
		t.Fatal(err)
	}
	if !b.look(func() bool { return len(b.got) >= 5 }) {
		t.Fatalf("%d frames", len(b.got))
	}
	b.mu.Lock()
	if b.f != (tape.Format{MJPEG: true, Width: 320, Height: 240, Interval: 10000, Largest: 99}) {
		t.Errorf("%+v", b.f)
	}
	for i, got := range b.got {
		if !bytes.Equal(got, []byte{byte(i + 1), 1, 2}) {
			t.Errorf("frame %d is %x", i, got)
		}
	}
	// A frame that waits when the stream ends must not be the first of the next one.
	b.busy = true
	n := len(b.got)
	b.mu.Unlock()
	time.Sleep(20 * time.Millisecond) // until one waits; more is no harm
	b.mu.Lock()
	b.do = []func(){wants(tape.Stopped), func() { b.busy = false }, wants(tape.Started)}
	b.mu.Unlock()
	if !b.look(func() bool { return len(b.got) >= n+3 }) {
		t.Fatal("nothing comes after the stream was stopped")
	}
	b.mu.Lock()
	first := b.got[n][0]
	b.mu.Unlock()
	if int(first) == n+1 {
		t.Errorf("frame %d was lost with its stream, and came in the next one", first)
	}
	if err := p.Unplug(); err != nil || !b.look(func() bool { return !b.plugged }) {
		t.Errorf("still plugged in: %v", err)
	}
	mu.Lock()
	if len(events) < 4 || events[0] != usbcam.Started || events[len(events)-1] != usbcam.Stopped {
		t.Errorf("%v", events)
	}
	mu.Unlock()
	if err := p.Plug(film); err != nil {
		t.Fatal(err)
	}
	if !b.look(func() bool { return b.plugged }) {
		t.Fatal("not plugged in again")
	}
	p.Close()
	if err := <-ended; err == nil || b.plugged {
		t.Errorf("the bench is gone, and the camera is there: %v", err)
	}
}

func TestServeFails(t *testing.T) {
	here, there := net.Pipe()
	b := &board{err: errors.New("no port")}
	go serve(there, b)
	p, err := tape.New(here, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); p.Err() == nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "no port") {
		t.Error(err)
	}
	p.Close()
	here, there = net.Pipe()
	go tape.Write(here, tape.Message{Kind: tape.Greet, Number: 9})
	if err := serve(there, &board{}); !errors.Is(err, tape.ErrMessage) {
		t.Error(err)
	}
}
