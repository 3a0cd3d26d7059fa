package https

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tellijn/firmware/upload/collectortest"
	"tellijn/firmware/upload/peer"
	"tellijn/firmware/upload/peer/peertest"
	"tellijn/privacy/batch"
)

// TestMain puts a proxy into the environment, before anything may have looked there.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		os.Setenv(name, "http://127.0.0.1:1")
	}
	os.Exit(m.Run())
}

// client gives a client for the server at an address, and counts its connections.
func client(t *testing.T, a *peertest.Authority, address string) (*Client, *atomic.Int32) {
	t.Helper()
	f := a.Device("north-door")
	id, err := peer.Parse(f[0], f[1], f[2])
	if err != nil {
		t.Fatal(err)
	}
	dials := new(atomic.Int32)
	c := New(Options{Address: address,
		Dial: func(ctx context.Context) (net.Conn, error) {
			dials.Add(1)
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		},
		Secure: func(ctx context.Context, conn net.Conn) (net.Conn, error) {
			return id.Secure(ctx, conn, "127.0.0.1", time.Now())
		}})
	t.Cleanup(c.Close)
	return c, dials
}

// serve starts a server with real TLS.
func serve(t *testing.T, a *peertest.Authority, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.TLS = a.Good()
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func some(t *testing.T, n int) []byte {
	t.Helper()
	b := batch.Batch{Device: "north-door", Number: batch.Number{byte(n), 1}}
	for range n {
		b.Items = append(b.Items, batch.Item{Kind: batch.Record, Bytes: make([]byte, 600)})
	}
	encoded, err := batch.Encode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// TestOneConnection sends many batches, large and small, over one connection that stays open.
func TestOneConnection(t *testing.T) {
	a, col := peertest.New(t), collectortest.New()
	var headers []http.Header
	s := serve(t, a, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers = append(headers, r.Header)
		if r.TLS == nil || r.TLS.Version != tls.VersionTLS13 || len(r.TLS.PeerCertificates) != 1 || r.TLS.PeerCertificates[0].Subject.CommonName != "north-door" {
			t.Error("no TLS 1.3 with the device's certificate")
		}
		col.ServeHTTP(w, r)
	}))
	c, dials := client(t, a, s.Listener.Addr().String())
	for n := range 20 {
		answer, err := c.Exchange(within(t, 10*time.Second), some(t, n*3))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := batch.DecodeAnswer(answer); err != nil {
			t.Fatal(err)
		}
	}
	if dials.Load() != 1 {
		t.Errorf("%d connections for 20 exchanges", dials.Load())
	}
	for _, h := range headers {
		if len(h) != 2 || h.Get("Content-Type") != batch.Type || h.Get("Content-Length") == "" {
			t.Errorf("headers %v, want type and length only", h)
		}
	}
	s.CloseClientConnections()
	time.Sleep(20 * time.Millisecond)
	if _, err := c.Exchange(within(t, 10*time.Second), some(t, 1)); err != nil || dials.Load() != 2 {
		t.Errorf("after the collector hung up: %v, %d connections", err, dials.Load())
	}
}

// TestHostile has servers that answer anything: it is refused, in time, and nothing stays.
func TestHostile(t *testing.T) {
	a := peertest.New(t)
	var elsewhere atomic.Int32
	other := serve(t, a, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	before := runtime.NumGoroutine()
	reply := func(status int, kind string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			w.Write(body)
		}
	}
	raw := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				io.WriteString(c, text)
				c.Close()
			}
		}
	}
	for what, tc := range map[string]struct {
		h    http.HandlerFunc
		want error // nil is any
	}{
		"not found": {reply(404, batch.Type, nil), ErrAnswer},
		"no content": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(204)
		}, ErrAnswer},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+batch.Path, http.StatusTemporaryRedirect)
		}, ErrAnswer},
		"page": {reply(200, "text/html", []byte("<html>")), ErrAnswer},
		"packed": {func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "" {
				t.Error("asked for something packed")
			}
			reply(200, "text/plain", nil)(w, r)
		}, ErrAnswer},
		"large": {reply(200, batch.Type, make([]byte, batch.MaxAnswer+1)), ErrAnswer},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", batch.Type)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		}, ErrAnswer},
		"slow": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", batch.Type)
			for r.Context().Err() == nil {
				w.Write([]byte{1})
				w.(http.Flusher).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}, context.DeadlineExceeded},
		"silent":      {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, context.DeadlineExceeded},
		"cut":         {raw("HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\nContent-Length: 100\r\n\r\nabc"), io.ErrUnexpectedEOF},
		"lies":        {raw("HTTP/1.1 200 OK\r\nContent-Type: application/cbor\r\nContent-Length: 99999999999\r\n\r\nabc"), ErrAnswer},
		"no HTTP":     {raw("hello\r\n\r\n"), nil},
		"nothing":     {raw(""), nil},
		"long header": {raw("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n"), nil},
		"cookie": {func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "" {
				t.Error("a cookie came back")
			}
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			reply(500, batch.Type, nil)(w, r)
		}, ErrAnswer},
	} {
		t.Run(what, func(t *testing.T) {
			var fired atomic.Int32
			s := serve(t, a, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body) // then the server notices that the client went
				fired.Add(1)
				tc.h(w, r)
			}))
			c, _ := client(t, a, s.Listener.Addr().String())
			for range 2 {
				began := time.Now()
				b, err := c.Exchange(within(t, 300*time.Millisecond), some(t, 3))
				if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
					t.Errorf("%d bytes, %v, want %v", len(b), err, tc.want)
				}
				if d := time.Since(began); d > 5*time.Second {
					t.Errorf("after %v", d)
				}
			}
			if fired.Load() < 2 {
				t.Errorf("the server was asked %d times", fired.Load())
			}
			c.Close()
			s.Close()
		})
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
	other.Close()
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines stay, there were %d", n, before)
	}
}

// TestNoProxy has a proxy in the environment: nobody asks it.
func TestNoProxy(t *testing.T) {
	a, col := peertest.New(t), collectortest.New()
	s := serve(t, a, col)
	c, _ := client(t, a, s.Listener.Addr().String())
	c.address = "collector.example:8443" // nobody asks a proxy for an address of this machine anyway
	if _, err := c.Exchange(within(t, 10*time.Second), some(t, 1)); err != nil {
		t.Fatal(err)
	}
}

// TestHungUpMeanwhile has a collector that hangs up just when the next batch comes.
func TestHungUpMeanwhile(t *testing.T) {
	a, col := peertest.New(t), collectortest.New()
	n := 0
	s := serve(t, a, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n != 2 {
			col.ServeHTTP(w, r)
			return
		}
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			c.Close()
		}
	}))
	c, dials := client(t, a, s.Listener.Addr().String())
	for range 2 {
		if _, err := c.Exchange(within(t, 10*time.Second), some(t, 5)); err != nil {
			t.Fatal(err)
		}
	}
	if n != 3 || dials.Load() != 2 {
		t.Errorf("%d requests over %d connections", n, dials.Load())
	}
}

func TestStranger(t *testing.T) {
	a, b := peertest.New(t), peertest.New(t)
	var asked atomic.Int32
	s := serve(t, b, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	c, dials := client(t, a, s.Listener.Addr().String())
	if _, err := c.Exchange(within(t, 10*time.Second), some(t, 1)); !errors.Is(err, peer.ErrStranger) || asked.Load() != 0 || dials.Load() != 1 {
		t.Fatalf("%v, asked %d times", err, asked.Load())
	}
}

func TestNoNetwork(t *testing.T) {
	c := New(Options{Address: "x:1", Dial: func(context.Context) (net.Conn, error) { return nil, errors.New("no network today") }})
	if _, err := c.Exchange(within(t, time.Second), some(t, 1)); err == nil || !strings.Contains(err.Error(), "no network today") {
		t.Fatal(err)
	}
}

// TestSizes holds the bytes of a request against each other: they depend on the number of items only.
func TestSizes(t *testing.T) {
	sent := func(b batch.Batch) (n int) {
		here, there := net.Pipe()
		defer there.Close()
		c := New(Options{Address: "collector.example:8443", Dial: func(context.Context) (net.Conn, error) { return here, nil },
			Secure: func(_ context.Context, c net.Conn) (net.Conn, error) { return c, nil }})
		encoded, err := batch.Encode(&b)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			r := bufio.NewReader(there)
			q, err := http.ReadRequest(r)
			if err == nil {
				body, _ := io.ReadAll(q.Body)
				var all bytes.Buffer
				q.Header.Write(&all)
				n = all.Len() + len(body)
			}
			fmt.Fprintf(there, "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n")
		}()
		_, _ = c.Exchange(within(t, 5*time.Second), encoded)
		c.Close()
		return n
	}
	quiet := batch.Batch{Device: "d", Number: batch.Number{1}, Items: []batch.Item{{Kind: batch.Record, Bytes: make([]byte, 600)}}}
	busy := batch.Batch{Device: "d", Number: batch.Number{0xff, 0xff}, Waiting: 1 << 40, Dropped: 77, Items: []batch.Item{{Kind: batch.Record, Bytes: bytes.Repeat([]byte{0xff}, 600)}}}
	if a, b := sent(quiet), sent(busy); a != b || a < 600 {
		t.Errorf("%d and %d bytes", a, b)
	}
}
