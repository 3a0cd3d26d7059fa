package page

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
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
