// Package screen shows a film on a screen before the lens of a real camera: a page for a browser, which asks for one
// frame after the other and so tells which was shown. What the lens sees of it is not what was shown, so counts are held
// against who was drawn, not against the same frames counted again. It is for the rig, outside the data path.
package screen

import (
	"context"
	_ "embed" // of the page
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

//go:embed page.html
var page []byte

// Settle is how long the first frame stands still: nobody tells a screen when the camera's exposure has settled, which
// takes 60 frames at most (hal/camera/v4l2, Options.Settle).
const Settle = 15 * time.Second

// idle is how long the page waits for a frame until it asks again.
const idle = 2 * time.Second

// Screen is one.
type Screen struct {
	// Address is where the page is.
	Address string

	settle time.Duration
	server *http.Server
	turn   sync.Mutex // one frame at a time

	mu    sync.Mutex
	film  *usbcam.Camera // nil while nothing is shown
	from  time.Time
	held  bool
	given uint32 // number of the frame that was given last
	open  bool   // it was not yet said to be shown
	next  time.Time
	more  chan struct{}
	err   error
}

// Serve serves the page at an address of this computer. Whoever reaches it sees the film, so it should be 127.0.0.1.
func Serve(address string, say func(string)) (*Screen, error) { return serve(address, Settle, say) }

func serve(address string, settle time.Duration, say func(string)) (*Screen, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("screen: %w", err)
	}
	s := &Screen{Address: l.Addr().String(), settle: settle, more: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page) // if it is gone, nobody looks
	})
	mux.HandleFunc("GET /frame", s.frame)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.err = fmt.Errorf("screen: %w", err)
		}
	}()
	say("open http://" + s.Address + "/ in a browser before the lens, and press F11")
	return s, nil
}

// Plug begins a film, as if a camera had been plugged in that plays it.
func (s *Screen) Plug(film *usbcam.Camera) error {
	if len(film.Offers) == 0 {
		return errors.New("screen: a film without a format")
	}
	s.mu.Lock()
	s.film, s.from, s.held, s.open, s.next = film, time.Now(), false, false, time.Time{}
	close(s.more)
	s.more = make(chan struct{})
	s.mu.Unlock()
	seen(film, usbcam.Started)
	return nil
}

// Unplug ends it: the screen is dark.
func (s *Screen) Unplug() error {
	s.turn.Lock() // no frame is being made
	defer s.turn.Unlock()
	s.mu.Lock()
	film := s.film
	s.film = nil
	s.mu.Unlock()
	if film != nil {
		seen(film, usbcam.Stopped)
	}
	return nil
}

func seen(film *usbcam.Camera, e usbcam.Event) {
	if film.Seen != nil {
		film.Seen(e)
	}
}

// frame answers with the next frame, once the one before was shown and it is time. 204 is none.
func (s *Screen) frame(w http.ResponseWriter, r *http.Request) {
	s.turn.Lock()
	defer s.turn.Unlock()
	ctx, stop := context.WithTimeout(r.Context(), idle)
	defer stop()
	shown, err := strconv.ParseUint(r.FormValue("shown"), 10, 32)
	s.mu.Lock()
	film := s.film
	if film == nil {
		more := s.more
		s.mu.Unlock()
		s.turn.Unlock() // a film can begin meanwhile, and end
		select {
		case <-more:
		case <-ctx.Done():
		}
		s.turn.Lock()
		w.WriteHeader(http.StatusNoContent)
		return
	}
	fresh := s.open && err == nil && uint32(shown) == s.given
	s.open = s.open && !fresh
	hold := !s.held && time.Since(s.from) > s.settle
	s.held = s.held || hold
	next := s.next
	s.mu.Unlock()
	if fresh {
		seen(film, usbcam.Sent)
	}
	if hold {
		seen(film, usbcam.Held)
	}
	for wait := time.Until(next); wait > 0 || film.Ready != nil && !film.Ready(); wait = time.Until(next) {
		select {
		case <-time.After(max(wait, time.Millisecond)):
		case <-ctx.Done():
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	s.give(w, film)
}

// give writes the next frame. s.turn is held.
func (s *Screen) give(w http.ResponseWriter, film *usbcam.Camera) {
	s.mu.Lock()
	s.given++
	number := s.given
	s.open, s.next = true, time.Now().Add(film.Pace)
	s.mu.Unlock()
	if film.Fault != nil {
		film.Fault(number) // it has to be asked; a screen spoils nothing by itself
	}
	o := film.Offers[0]
	var body []byte
	kind := "image/jpeg"
	if o.MJPEG {
		body = film.Code(number)
	} else {
		kind = "application/octet-stream"
		pixels := make([]byte, 2*o.Width*o.Height)
		film.Fill(number, pixels)
		body = make([]byte, o.Width*o.Height)
		for i := range body { // the grey of YUYV
			body[i] = pixels[2*i]
		}
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Number", strconv.FormatUint(uint64(number), 10))
	h.Set("X-Width", strconv.Itoa(o.Width))
	h.Set("X-Height", strconv.Itoa(o.Height))
	_, _ = w.Write(body) // a browser that is gone asks no more, and the film stands still
}

// Err tells why nothing can be shown any more.
func (s *Screen) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends it.
func (s *Screen) Close() error { return errors.Join(s.Unplug(), s.server.Close()) }
