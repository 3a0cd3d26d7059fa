package page

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"time"
)

//go:embed assets
var assets embed.FS

// Listen takes a port of this computer. If the port is taken and was not asked for by name, one of
// the next twenty serves as well.
func Listen(addr string, next bool) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w; want for example 127.0.0.1:8080", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("address %q: this page is for this computer only; want 127.0.0.1 and a port", addr)
	}
	first, err := strconv.Atoi(port)
	if err != nil || first < 0 || first > 65535 {
		return nil, fmt.Errorf("address %q: port %q, want 0 to 65535", addr, port)
	}
	for n := range 21 {
		var l net.Listener
		if l, err = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(first+n))); err == nil {
			return l, nil
		}
		if !next || first == 0 || first+n == 65535 {
			break
		}
	}
	return nil, fmt.Errorf("no free port: %w; choose one with -addr", err)
}

// Handler serves the page of one screen.
func Handler(h *Hub, s Screen) (http.Handler, error) {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	t, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := t.Execute(w, s); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	for _, name := range []string{"page.css", "page.js"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, files, name)
		})
	}
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /events", h.serve)
	return guard(mux), nil
}

// guard lets only this computer's own pages in, whatever name somebody else's DNS gives it, and
// forbids the page to load anything from elsewhere.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this page is for this computer only", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// serve sends events until the browser leaves.
func (h *Hub) serve(w http.ResponseWriter, r *http.Request) {
	news, leave := h.look()
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	count := 0
	for {
		select {
		case <-r.Context().Done():
			return
		case <-news:
		}
		state, rec, n, err := h.events(count, time.Now())
		if err != nil {
			return
		}
		count = n
		if state != nil {
			_, err = fmt.Fprintf(w, "event: state\ndata: %s\n\n", state)
		}
		if rec != nil && err == nil {
			_, err = fmt.Fprintf(w, "event: record\ndata: %s\n\n", rec)
		}
		if err = errors.Join(err, flush.Flush()); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

// pause between two events: faster than an eye sees, slower than a fast clock counts.
const pause = 50 * time.Millisecond
