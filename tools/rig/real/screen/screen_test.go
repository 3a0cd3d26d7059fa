package screen

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

// film is a double that counts what is asked of it.
type film struct {
	mu     sync.Mutex
	events []usbcam.Event
	rest   bool
}

func (f *film) camera(coded bool) *usbcam.Camera {
	return &usbcam.Camera{Pace: time.Millisecond, Offers: []usbcam.Offer{{MJPEG: coded, Width: 4, Height: 2}},
		Ready: func() bool { f.mu.Lock(); defer f.mu.Unlock(); return !f.rest },
		Fault: func(uint32) usbcam.Fault { return usbcam.None },
		Code:  func(n uint32) []byte { return fmt.Appendf(nil, "code %d", n) },
		Fill: func(n uint32, b []byte) {
			for i := range b {
				b[i] = byte(i%2) * 200 // the colour
				if i%2 == 0 {
					b[i] = byte(n)
				}
			}
		},
		Seen: func(e usbcam.Event) { f.mu.Lock(); defer f.mu.Unlock(); f.events = append(f.events, e) }}
}

func (f *film) count(e usbcam.Event) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.events {
		if one == e {
			n++
		}
	}
	return n
}

func get(t *testing.T, s *Screen, path string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.Get("http://" + s.Address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, b
}

func TestScreen(t *testing.T) {
	told := ""
	s, err := serve("127.0.0.1:0", 30*time.Millisecond, func(l string) { told = l })
	if err != nil {
		t.Fatal(err)
	}
	if r, b := get(t, s, "/"); r.StatusCode != 200 || !bytes.Contains(b, []byte("<canvas")) || !strings.Contains(told, s.Address) {
		t.Errorf("%v %q %q", r.Status, b, told)
	}
	if r, _ := get(t, s, "/other"); r.StatusCode != 404 {
		t.Error(r.Status)
	}
	f := &film{}
	waited := make(chan int, 1) // a page that asks before there is a film
	go func() { r, _ := get(t, s, "/frame?shown="); waited <- r.StatusCode }()
	time.Sleep(10 * time.Millisecond)
	if err := s.Plug(f.camera(false)); err != nil {
		t.Fatal(err)
	}
	if got := <-waited; got != 204 && got != 200 {
		t.Error(got)
	}
	if f.count(usbcam.Started) != 1 {
		t.Error("nobody heard that it began")
	}
	shown := ""
	for i := range 5 {
		sent := f.count(usbcam.Sent)
		r, b := get(t, s, "/frame?shown="+shown)
		n := r.Header.Get("X-Number")
		if r.StatusCode != 200 || len(b) != 8 || fmt.Sprint(b[0]) != n || b[7] != b[0] || r.Header.Get("X-Width") != "4" || r.Header.Get("X-Height") != "2" {
			t.Fatalf("%v %v %x", r.Status, r.Header, b)
		}
		if i > 0 && f.count(usbcam.Sent) != sent+1 {
			t.Errorf("frame %s was shown, and nobody heard", shown)
		}
		shown = n
	}
	sent := f.count(usbcam.Sent)
	get(t, s, "/frame?shown=99") // none that was given
	if f.count(usbcam.Sent) != sent {
		t.Error("a frame that was never given was said to be shown")
	}
	time.Sleep(40 * time.Millisecond)
	get(t, s, "/frame?shown=")
	get(t, s, "/frame?shown=")
	if f.count(usbcam.Held) != 1 {
		t.Errorf("the exposure was held %d times", f.count(usbcam.Held))
	}
	f.mu.Lock()
	f.rest = true
	f.mu.Unlock()
	if r, _ := get(t, s, "/frame?shown="); r.StatusCode != 204 {
		t.Error("a film that rests: ", r.Status)
	}
	f.mu.Lock()
	f.rest = false
	f.mu.Unlock()
	if err := s.Unplug(); err != nil {
		t.Error(err)
	}
	if err := s.Plug(f.camera(true)); err != nil {
		t.Error(err)
	}
	if r, b := get(t, s, "/frame?shown="); r.Header.Get("Content-Type") != "image/jpeg" || !bytes.HasPrefix(b, []byte("code ")) {
		t.Errorf("%v %q", r.Header, b)
	}
	if err := s.Plug(&usbcam.Camera{}); err == nil {
		t.Error("a film without a format")
	}
	if err := s.Err(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.events, usbcam.Stopped); i < 0 || f.events[i+1] != usbcam.Started {
		t.Errorf("%v", f.events)
	}
	if _, err := Serve("nowhere:nothing", func(string) {}); err == nil {
		t.Error("no address")
	}
}
