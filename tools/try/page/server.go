package page

import (
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
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

// Handler serves the page of these screens, one for each door of the hub.
func Handler(h *Hub, screens ...Screen) (http.Handler, error) {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	t, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	all := struct {
		Token   string
		Network bool
		Doors   []shown
	}{Token: rand.Text(), Network: h.Plug != nil}
	for i, s := range screens {
		d := shown{Screen: s, Door: h.doors[i].Door, Index: i}
		if i > 0 {
			d.Suffix = fmt.Sprintf("-%d", i+1)
		}
		all.Doors = append(all.Doors, d)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := t.Execute(w, all); err != nil {
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
	if h.Plug != nil {
		mux.HandleFunc("POST /network", h.network(all.Token))
	}
	return guard(mux), nil
}

// shown is one door on the page.
type shown struct {
	Screen
	Door   Door
	Index  int
	Suffix string // of ids of the elements of all doors but the first
}

// network is the button. The token is in the page, so only somebody who can read the page can press it.
func (h *Hub) network(token string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1024)
		from, err := url.Parse(r.Header.Get("Origin"))
		given := r.PostFormValue("token")
		switch {
		case err != nil || from.Host != "" && from.Host != r.Host || from.Host == "" && r.Header.Get("Origin") != "",
			subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1:
			http.Error(w, "only the page itself can do this; load it again", http.StatusForbidden)
			return
		}
		switch r.PostFormValue("do") {
		case "pull":
			h.Plug(true)
		case "restore":
			h.Plug(false)
		default:
			http.Error(w, "want pull or restore", http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
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
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "same-origin")
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
	var s seen
	for {
		select {
		case <-r.Context().Done():
			return
		case <-news:
		}
		for _, e := range h.events(&s, time.Now()) {
			text, err := e.text()
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			if err != nil {
				return
			}
		}
		if flush.Flush() != nil {
			return
		}
		time.Sleep(pause)
	}
}

// pause between two events: faster than an eye sees, slower than a fast clock counts.
const pause = 50 * time.Millisecond
