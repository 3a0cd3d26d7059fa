package tape

import (
	"bytes"
	"errors"
	"io"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

func TestMessages(t *testing.T) {
	var b bytes.Buffer
	all := []Message{{Kind: Greet, Number: 1}, {Kind: Plug, Body: []byte{1, 2}}, {Kind: Unplug}, {Kind: Frame, Number: 7, Body: []byte("pixels")},
		{Kind: Sent, Number: 1 << 31}, {Kind: Failed, Body: []byte("no")}, {Kind: Stopped}}
	for _, m := range all {
		if err := Write(&b, m); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("G\x00\x00\x00\x04\x00\x00\x00\x01P\x00\x00\x00\x02\x01\x02U\x00\x00\x00\x00F\x00\x00\x00\x0a\x00\x00\x00\x07pixels")) {
		t.Errorf("%q", b.Bytes())
	}
	for _, want := range all {
		if m, err := Read(&b); err != nil || !reflect.DeepEqual(m, want) {
			t.Errorf("%+v, %v, want %+v", m, err, want)
		}
	}
	if _, err := Read(&b); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestMalformed(t *testing.T) {
	for _, text := range []string{"?\x00\x00\x00\x00", "F\x00\x00\x00\x03abc", "F\xff\x00\x00\x00", "U\x00\x00\x00\x01a", "A\x00\x00\x00\x05\x00\x00\x00\x01a"} {
		if m, err := Read(strings.NewReader(text)); !errors.Is(err, ErrMessage) {
			t.Errorf("%q: %+v, %v", text, m, err)
		}
	}
	if _, err := Read(strings.NewReader("F\x00\x00\x00\x0a\x00")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

func TestFormat(t *testing.T) {
	f := Format{MJPEG: true, Width: 640, Height: 480, Interval: 333333, Largest: 614400}
	if got, err := FormatOf(f.Bytes()); err != nil || got != f {
		t.Errorf("%+v, %v", got, err)
	}
	none := f
	none.Width = 0
	vast := f
	vast.Largest = Most
	for _, b := range [][]byte{nil, f.Bytes()[:12], append([]byte{2}, f.Bytes()[1:]...), none.Bytes(), vast.Bytes()} {
		if got, err := FormatOf(b); !errors.Is(err, ErrMessage) {
			t.Errorf("%x: %+v, %v", b, got, err)
		}
	}
}

// FuzzRead reads anything; what it takes it writes the same.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"G\x00\x00\x00\x04\x00\x00\x00\x01", "U\x00\x00\x00\x00", "F\x00\x00\x00\x05\x00\x00\x00\x07p", "F\xff\xff\xff\xff", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		m, err := Read(r)
		if err != nil {
			return
		}
		var back bytes.Buffer
		if err := Write(&back, m); err != nil || !bytes.Equal(back.Bytes(), b[:len(b)-r.Len()]) {
			t.Errorf("%x became %x, %v", b, back.Bytes(), err)
		}
		if m.Kind == Plug {
			if f, err := FormatOf(m.Body); err == nil && !bytes.Equal(f.Bytes(), m.Body) {
				t.Errorf("%x became %x", m.Body, f.Bytes())
			}
		}
	})
}

// film is a double of one that counts what is asked of it.
type film struct {
	mu     sync.Mutex
	events []usbcam.Event
	frames []uint32
	ready  bool
	more   chan struct{}
}

func (f *film) camera() *usbcam.Camera {
	return &usbcam.Camera{Pace: time.Millisecond, Offers: []usbcam.Offer{{Width: 4, Height: 2}},
		Ready: func() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.ready },
		Fault: func(n uint32) usbcam.Fault { return map[uint32]usbcam.Fault{2: usbcam.Short}[n] },
		Fill: func(n uint32, b []byte) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.frames = append(f.frames, n)
			for i := range b {
				b[i] = byte(n)
			}
		},
		Seen: func(e usbcam.Event) {
			f.mu.Lock()
			f.events = append(f.events, e)
			f.mu.Unlock()
			f.more <- struct{}{}
		}}
}

// TestPlayer plays to a scripted camera: a frame goes only when the one before has left, and a stream that ends and
// begins again goes on with the film.
func TestPlayer(t *testing.T) {
	here, there := net.Pipe()
	f := &film{more: make(chan struct{}, 100)}
	greeted := make(chan error, 1)
	var p *Player
	go func() {
		var err error
		p, err = New(here, func(string) {})
		greeted <- err
	}()
	expect := func(want Message) {
		t.Helper()
		there.SetDeadline(time.Now().Add(10 * time.Second))
		if m, err := Read(there); err != nil || !reflect.DeepEqual(m, want) {
			t.Fatalf("%+v, %v, want %+v", m, err, want)
		}
	}
	tell := func(m Message) {
		t.Helper()
		there.SetDeadline(time.Now().Add(10 * time.Second))
		if err := Write(there, m); err != nil {
			t.Fatal(err)
		}
	}
	silent := func() {
		t.Helper()
		there.SetDeadline(time.Now().Add(30 * time.Millisecond))
		if m, err := Read(there); err == nil {
			t.Fatalf("%+v too early", m)
		}
	}
	expect(Message{Kind: Greet, Number: Version})
	tell(Message{Kind: Greet, Number: Version})
	if err := <-greeted; err != nil {
		t.Fatal(err)
	}
	plugged := make(chan error, 1)
	go func() { plugged <- p.Plug(f.camera()) }()
	expect(Message{Kind: Plug, Body: Format{Width: 4, Height: 2, Interval: 10000, Largest: 16}.Bytes()})
	if err := <-plugged; err != nil {
		t.Fatal(err)
	}
	tell(Message{Kind: Started})
	silent() // the film is not ready
	f.mu.Lock()
	f.ready = true
	f.mu.Unlock()
	frame := func(n uint32, size int) Message {
		return Message{Kind: Frame, Number: n, Body: bytes.Repeat([]byte{byte(n)}, size)}
	}
	expect(frame(1, 16))
	silent() // it has not left yet
	tell(Message{Kind: Sent, Number: 99})
	silent() // another one has left
	tell(Message{Kind: Sent, Number: 1})
	expect(frame(2, 8)) // a short one
	tell(Message{Kind: Held})
	tell(Message{Kind: Sent, Number: 2})
	expect(frame(3, 16))
	tell(Message{Kind: Stopped})
	for range 3 { // it leaves too late, and must not stand in the way of the next one
		tell(Message{Kind: Sent, Number: 3})
	}
	tell(Message{Kind: Started})
	expect(frame(4, 16))
	tell(Message{Kind: Sent, Number: 4})
	expect(frame(5, 16))
	unplugged := make(chan error, 1)
	go func() { unplugged <- p.Unplug() }()
	expect(Message{Kind: Unplug})
	if err := <-unplugged; err != nil {
		t.Fatal(err)
	}
	tell(Message{Kind: Started}) // it had not heard yet
	silent()
	tell(Message{Kind: Failed, Body: []byte("no port")})
	<-p.done
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "no port") {
		t.Error(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	want := []usbcam.Event{usbcam.Started, usbcam.Sent, usbcam.Held, usbcam.Sent, usbcam.Stopped, usbcam.Started, usbcam.Sent, usbcam.Stopped}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !reflect.DeepEqual(f.events, want) || !reflect.DeepEqual(f.frames, []uint32{1, 2, 3, 4, 5}) {
		t.Errorf("%v, want %v; frames %v", f.events, want, f.frames)
	}
}

// TestStranger meets somebody who is no camera, or an older one.
func TestStranger(t *testing.T) {
	for _, answer := range []Message{{Kind: Greet, Number: 2}, {Kind: Started}} {
		here, there := net.Pipe()
		go func() {
			Read(there)
			Write(there, answer)
		}()
		if _, err := New(here, func(string) {}); !errors.Is(err, ErrMessage) {
			t.Errorf("%+v: %v", answer, err)
		}
		here.Close()
	}
}
