package page

import (
	"context"
	"errors"
	"image/color"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tellijn/boards"
	"tellijn/firmware/view"
	"tellijn/tools/try/page/browser"
)

// chromium starts a headless browser, or skips.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser; not with -short")
	}
	ctx, stop, err := browser.Start(context.Background())
	if errors.Is(err, browser.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return ctx
}

// shot takes a picture of the page for people, if a directory for it is named.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("TELLIJN_SHOTS")
	if dir == "" {
		return
	}
	var b []byte
	if err := chromedp.Run(ctx, chromedp.FullScreenshot(&b, 100)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// colours are those on the black screen.
func colours(t *testing.T, ctx context.Context) map[color.RGBA]int {
	t.Helper()
	all, err := browser.Colours(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// contrast finds text whose contrast with what is behind it is under 4.5, the least of WCAG 2.2 AA
// (success criterion 1.4.3), and gives it with the value.
const contrast = `(() => {
  const part = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const lum = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const rgb = (s) => s.match(/[\d.]+/g).map(Number);
  const behind = (n) => { for (; n; n = n.parentElement) { const c = rgb(getComputedStyle(n).backgroundColor); if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walk.nextNode()) {
    const n = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || n.closest("[hidden], noscript, script")) continue;
    seen++;
    const a = lum(rgb(getComputedStyle(n).color)), b = lum(behind(n));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(ratio.toFixed(2) + " " + walk.currentNode.textContent.trim());
  }
  return seen < 10 ? ["only " + seen + " texts"] : bad;
})()`

// browsed is a page that is open in a browser.
type browsed struct {
	t   *testing.T
	ctx context.Context
}

func (b *browsed) run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browsed) text(selector string) (s string) {
	b.t.Helper()
	b.run(chromedp.TextContent(selector, &s, chromedp.ByQuery))
	return s
}

// readable fails if any text has too little contrast.
func (b *browsed) readable(when string) {
	b.t.Helper()
	var low []string
	b.run(chromedp.Evaluate(contrast, &low))
	if len(low) > 0 {
		b.t.Errorf("contrast below 4.5 %s: %q", when, low)
	}
}

// open serves a hub with a screen for each of its doors and opens the page.
func open(t *testing.T, ctx context.Context, hub *Hub) *browsed {
	t.Helper()
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	var screens []Screen
	for range hub.doors {
		s := NewScreen(b.Title, "This camera is simulated.", &b.Scene, b.Wanted)
		s.Day = "a day lasts 1m0s"
		screens = append(screens, s)
	}
	handler, err := Handler(hub, screens...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.CloseClientConnections)
	page := &browsed{t, ctx}
	page.run(chromedp.Navigate(server.URL), chromedp.WaitVisible("#screen", chromedp.ByID))
	return page
}

func TestInABrowser(t *testing.T) {
	ctx := chromium(t)
	hub := NewHub(Door{Name: "sim", Key: key(1).Public()})
	b := open(t, ctx, hub)
	if s := b.text(".forward dd, dd.forward"); s != "–" {
		t.Errorf("before the first state: %q; nothing is not zero", s)
	}
	// Dark: black and the unlit line.
	hub.Take(view.Message{State: &view.State{Counting: true, Lines: []view.Line{{Forward: 41, Backward: 12}}, Zones: []uint8{3}}}, time.Now())
	b.run(chromedp.WaitNotPresent("#screen.waiting", chromedp.ByQuery))
	dark := colours(t, ctx)
	if len(dark) != 2 {
		t.Errorf("%d colours on the dark screen, want 2: %v", len(dark), dark)
	}
	// Lit: one more, and no other.
	hub.Take(view.Message{State: &view.State{Number: 1, Counting: true, Lines: []view.Line{{LitForward: true, Forward: 42, Backward: 12}}, Zones: []uint8{4}}}, time.Now())
	hub.Take(view.Message{Record: sealed(t, "sim", 1)}, time.Now())
	b.run(chromedp.WaitReady("#line-1.lit-forward", chromedp.ByQuery))
	lit := colours(t, ctx)
	if len(lit) != 2 { // the whole line is lit, so the unlit grey is gone
		t.Errorf("%d colours on the lit screen, want 2: %v", len(lit), lit)
	}
	for c := range lit {
		dark[c]++
	}
	if len(dark) > 3 || dark[color.RGBA{0, 0, 0, 255}] == 0 {
		t.Errorf("%d colours in all, at most 3, one of them black: %v", len(dark), dark)
	}
	if f, w, z := b.text("dd.forward"), b.text("dd.backward"), b.text("dd.zone"); f != "42" || w != "12" || z != "4" {
		t.Errorf("shows %s forward, %s backward, %s in the zone", f, w, z)
	}
	b.run(chromedp.WaitVisible("#record-text", chromedp.ByID))
	if s := b.text("#record-text"); !strings.Contains(s, "18: true, / simulated /") {
		t.Errorf("record: %s", s)
	}
	if s := b.text(".record-state"); !strings.Contains(s, "Record 8: ") || !strings.Contains(s, "signature verified") {
		t.Errorf("signature: %q", s)
	}
	b.run(chromedp.WaitReady(".walls.lacking", chromedp.ByQuery))
	if s, want := b.text(".record .walls"), "Held in by: system-call filter, dropped rights, limits, closed memory, namespaces, locked scratch, secret carry, room with only its camera · missing: Landlock."; s != want {
		t.Errorf("walls: %q, want %q", s, want)
	}
	b.readable("at first")
	// It goes dark by itself, and old numbers are called old.
	b.run(chromedp.WaitNotPresent("#line-1.lit", chromedp.ByQuery), chromedp.WaitReady(".state.stale", chromedp.ByQuery))
	if s := b.text(".state"); !strings.Contains(s, "not zero") {
		t.Errorf("stale: %q", s)
	}
	b.readable("when stale")
	phone(t, ctx, "phone-one.png")
	if outside := loads(t, ctx); len(outside) > 0 {
		t.Errorf("loaded from elsewhere: %q", outside)
	}
}

// TestHouseInABrowser looks at two doors, a network that is pulled with the button, and a forged record.
func TestHouseInABrowser(t *testing.T) {
	ctx := chromium(t)
	hub := NewHub(Door{Name: "north-door", Role: "the head", Key: key(1).Public()}, Door{Name: "south-door", Key: key(2).Public()})
	pulled := make(chan bool, 8)
	house := House{Calendar: "Tue 24 Nov 2026, 14:15", Estimate: "5–9 people", Upto: "Tue 24 Nov 2026, 14:00",
		Doors: []Kept{{Made: 96, Stored: 95, Waiting: 1}, {Made: 95, Stored: 95}}}
	hub.Plug = func(out bool) {
		house.Pulled, house.Old = out, out
		house.Doors[0].Waiting = 576
		hub.Show(house)
		pulled <- out
	}
	b := open(t, ctx, hub)
	for i := range 2 {
		hub.From(i, view.Message{State: &view.State{Counting: true, Lines: []view.Line{{LitBackward: i == 1, Backward: uint32(i + 7)}}, Zones: []uint8{0}}}, time.Now())
	}
	b.run(chromedp.WaitReady("#line-2-1.lit-backward", chromedp.ByQuery))
	if n, s := b.text("[data-door='0'] dd.backward"), b.text("[data-door='1'] dd.backward"); n != "7" || s != "8" {
		t.Errorf("north %s, south %s, want 7 and 8", n, s)
	}
	hub.Show(house)
	hub.From(0, view.Message{Record: sealed(t, "north-door", 1)}, time.Now())
	hub.From(1, view.Message{Record: sealed(t, "south-door", 3)}, time.Now()) // not with its key
	b.run(chromedp.WaitReady(".record-state.wrong", chromedp.ByQuery), chromedp.WaitVisible("#record-text", chromedp.ByID))
	if s := b.text("[data-record='1'] .record-text"); s != "" {
		t.Errorf("a forged record is shown: %s", s)
	}
	if s := b.text("#estimate"); s != "5–9 people" {
		t.Errorf("estimate %q", s)
	}
	b.readable("with the network")
	shot(t, ctx, "two-doors.png")
	for _, out := range []bool{true, false} {
		b.run(chromedp.Click("#network-button", chromedp.ByQuery))
		select {
		case got := <-pulled:
			if got != out {
				t.Errorf("the button asks for %v, want %v", got, out)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the button does nothing")
		}
		if out {
			b.run(chromedp.WaitReady("#network-state.out", chromedp.ByQuery))
			if s := b.text("[data-door='0'] .queue"); s != "Waiting on this device: 576 records (6.0 days)." {
				t.Errorf("queue: %q", s)
			}
			if s := b.text("#upto"); !strings.Contains(s, "Old") {
				t.Errorf("an old estimate is not called old: %q", s)
			}
			b.readable("with the network out")
			shot(t, ctx, "two-doors-out.png")
		}
		b.run(chromedp.WaitReady("#network-button[value="+map[bool]string{true: "restore", false: "pull"}[out]+"]", chromedp.ByQuery))
	}
	phone(t, ctx, "phone-two.png")
}

// phone looks at the page on a narrow screen: nothing may need sideways scrolling.
func phone(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	var wide int
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(360, 740), chromedp.Sleep(100*time.Millisecond),
		chromedp.Evaluate("document.documentElement.scrollWidth", &wide)); err != nil {
		t.Fatal(err)
	}
	shot(t, ctx, name)
	if wide > 360 {
		t.Errorf("%d px wide on a phone of 360", wide)
	}
}

// loads lists what the page fetched from other hosts.
func loads(t *testing.T, ctx context.Context) (outside []string) {
	t.Helper()
	if err := chromedp.Run(ctx, chromedp.Evaluate(
		`performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith(location.origin))`, &outside)); err != nil {
		t.Fatal(err)
	}
	return outside
}
