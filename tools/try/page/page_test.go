package page

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/counting/scene"
	"tellijn/firmware/view"
	"tellijn/hal/camera"
)

func TestListen(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:8080", "192.0.2.1:80", ":8080", "example.org:80", "127.0.0.1", "127.0.0.1:x"} {
		if l, err := Listen(addr, true); err == nil {
			l.Close()
			t.Errorf("%s: listens, although the page is for this computer only", addr)
		}
	}
	first, err := Listen("127.0.0.1:0", true)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	taken := first.Addr().String()
	if l, err := Listen(taken, false); err == nil {
		l.Close()
		t.Errorf("took %s twice", taken)
	}
	second, err := Listen(taken, true)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if a, b := first.Addr().(*net.TCPAddr).Port, second.Addr().(*net.TCPAddr).Port; b <= a || b > a+20 {
		t.Errorf("port %d after %d, want one of the next twenty", b, a)
	}
}

// TestArrows holds the arrows against the meaning of forward: to the right of A->B, as seen.
func TestArrows(t *testing.T) {
	const o, m, e = 0, scene.One / 2, scene.One
	for _, tc := range []struct {
		a, b    scene.Point
		degrees int
	}{
		{scene.Point{X: o, Y: m}, scene.Point{X: e, Y: m}, 180}, // to the right: forward is down
		{scene.Point{X: e, Y: m}, scene.Point{X: o, Y: m}, 0},
		{scene.Point{X: m, Y: o}, scene.Point{X: m, Y: e}, 270}, // downwards: forward is left
		{scene.Point{X: m, Y: e}, scene.Point{X: m, Y: o}, 90},
	} {
		sc := scene.Scene{PersonArea: 20_000, NLines: 1}
		sc.Lines[0] = scene.Line{A: tc.a, B: tc.b}
		s := NewScreen("", "", &sc, camera.Format{Width: 160, Height: 120})
		if d := s.Lines[0].Degrees; d != tc.degrees {
			t.Errorf("%v to %v: forward at %d degrees, want %d", tc.a, tc.b, d, tc.degrees)
		}
	}
	sc := scene.Scene{PersonArea: 20_000, NLines: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: o, Y: m}, B: scene.Point{X: e, Y: m}}
	if s := NewScreen("", "", &sc, camera.Format{Width: 160, Height: 120}); s.Lines[0].Forward != "540,490 660,490 600,580" {
		t.Errorf("arrow %s, want one that points down below the line at 450", s.Lines[0].Forward)
	}
}

// TestEvents reads the stream as a browser would.
func TestEvents(t *testing.T) {
	hub := NewHub()
	handler, err := Handler(hub, Screen{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	resp, err := http.Get(server.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	hub.Take(view.Message{State: &view.State{Counting: true, Lines: []view.Line{{LitBackward: true, Backward: 3}}, Zones: []uint8{9}}}, time.Now())
	in := bufio.NewScanner(resp.Body)
	for in.Scan() {
		if data, ok := strings.CutPrefix(in.Text(), "data: "); ok {
			for _, want := range []string{`"counting":true`, `"backward":3`, `"forwardAgo":-1`, `"zones":[9]`} {
				if !strings.Contains(data, want) {
					t.Errorf("%s lacks %s", data, want)
				}
			}
			return
		}
	}
	t.Fatal("no event")
}

// TestNetwork presses the button as the page does, and as others might try to.
func TestNetwork(t *testing.T) {
	hub := NewHub()
	var pressed []bool
	hub.Plug = func(out bool) { pressed = append(pressed, out) }
	handler, err := Handler(hub, Screen{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	own := func(*http.Request) {}
	resp, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`name="token" value="([A-Z0-9]{20,})"`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("no token in %s", text)
	}
	token := string(found[1])
	from := func(origin string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Origin", origin) }
	}
	for name, tc := range map[string]struct {
		method, body string
		change       func(*http.Request)
		status       int
		want         []bool
	}{
		"pull":              {"POST", "token=" + token + "&do=pull", from(server.URL), 303, []bool{true}},
		"restore":           {"POST", "token=" + token + "&do=restore", own, 303, []bool{false}},
		"neither":           {"POST", "token=" + token + "&do=it", own, 400, nil},
		"no token":          {"POST", "do=pull", from(server.URL), 403, nil},
		"wrong token":       {"POST", "token=" + strings.Repeat("A", len(token)) + "&do=pull", own, 403, nil},
		"another page":      {"POST", "token=" + token + "&do=pull", from("http://elsewhere.example"), 403, nil},
		"a page of nowhere": {"POST", "token=" + token + "&do=pull", from("null"), 403, nil},
		"another port":      {"POST", "token=" + token + "&do=pull", from("http://127.0.0.1:1"), 403, nil},
		"another name":      {"POST", "token=" + token + "&do=pull", func(r *http.Request) { r.Host = "elsewhere.example" }, 403, nil},
		"a link":            {"GET", "", own, 405, nil},
		"far too long":      {"POST", "do=pull&x=" + strings.Repeat("A", 2000) + "&token=" + token, own, 403, nil},
	} {
		pressed = nil
		r, err := http.NewRequest(tc.method, server.URL+"/network", strings.NewReader(tc.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		tc.change(r)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != tc.status || !slices.Equal(pressed, tc.want) {
			t.Errorf("%s: status %d, pressed %v; want %d, %v", name, resp.StatusCode, pressed, tc.status, tc.want)
		}
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self'") {
		t.Errorf("policy %q lets a form go elsewhere", policy)
	}
}

// TestNoNetwork: without one there is no button and nothing behind it.
func TestNoNetwork(t *testing.T) {
	handler, err := Handler(NewHub(), Screen{})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "http://127.0.0.1/network", nil)
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404", w.Code)
	}
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/", nil))
	if strings.Contains(w.Body.String(), "token") {
		t.Error("a page without a network has a button")
	}
}
