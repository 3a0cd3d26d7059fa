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
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
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

func TestInABrowser(t *testing.T) {
	ctx := chromium(t)
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	hub := NewHub()
	handler, err := Handler(hub, NewScreen(b.Title, "This camera is simulated.", &b.Scene, b.Wanted))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.CloseClientConnections()
	run := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	text := func(selector string) (s string) {
		t.Helper()
		run(chromedp.TextContent(selector, &s, chromedp.ByQuery))
		return s
	}
	run(chromedp.Navigate(server.URL), chromedp.WaitVisible("#screen", chromedp.ByID))
	if s := text("#totals .forward"); s != "–" {
		t.Errorf("before the first state: %q; nothing is not zero", s)
	}
	// Dark: black and the unlit line.
	hub.Take(view.Message{State: &view.State{Counting: true, Lines: []view.Line{{Forward: 41, Backward: 12}}, Zones: []uint8{3}}}, time.Now())
	run(chromedp.WaitNotPresent("#screen.waiting", chromedp.ByQuery))
	dark := colours(t, ctx)
	if len(dark) != 2 {
		t.Errorf("%d colours on the dark screen, want 2: %v", len(dark), dark)
	}
	// Lit: one more, and no other.
	hub.Take(view.Message{State: &view.State{Number: 1, Counting: true, Lines: []view.Line{{LitForward: true, Forward: 42, Backward: 12}}, Zones: []uint8{4}}}, time.Now())
	hub.Take(view.Message{Record: encoded(t)}, time.Now())
	run(chromedp.WaitReady("#line-1.lit-forward", chromedp.ByQuery))
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
	shot(t, ctx, "lit.png")
	if f, w, z := text("#totals .forward"), text("#totals .backward"), text("#zones .zone"); f != "42" || w != "12" || z != "4" {
		t.Errorf("shows %s forward, %s backward, %s in the zone", f, w, z)
	}
	run(chromedp.WaitVisible("#record-text", chromedp.ByID))
	if s := text("#record-text"); !strings.Contains(s, "18: true, / simulated /") {
		t.Errorf("record: %s", s)
	}
	run(chromedp.WaitReady("#walls.lacking", chromedp.ByQuery))
	if s, want := text("#walls"), "Held in by: system-call filter, dropped rights, limits, closed memory, namespaces, locked scratch, secret carry, room with only its camera · missing: Landlock."; s != want {
		t.Errorf("walls: %q, want %q", s, want)
	}
	shot(t, ctx, "walls.png")
	var low []string
	run(chromedp.Evaluate(contrast, &low))
	if len(low) > 0 {
		t.Errorf("contrast below 4.5: %q", low)
	}
	// It goes dark by itself, and old numbers are called old.
	run(chromedp.WaitNotPresent("#line-1.lit", chromedp.ByQuery), chromedp.WaitReady("#state.stale", chromedp.ByQuery))
	if s := text("#state"); !strings.Contains(s, "not zero") {
		t.Errorf("stale: %q", s)
	}
	run(chromedp.Evaluate(contrast, &low))
	if len(low) > 0 {
		t.Errorf("contrast below 4.5 when stale: %q", low)
	}
	phone(t, ctx)
	if outside := loads(t, ctx); len(outside) > 0 {
		t.Errorf("loaded from elsewhere: %q", outside)
	}
}

// phone looks at the page on a narrow screen: nothing may need sideways scrolling.
func phone(t *testing.T, ctx context.Context) {
	t.Helper()
	var wide int
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(360, 740), chromedp.Sleep(100*time.Millisecond),
		chromedp.Evaluate("document.documentElement.scrollWidth", &wide)); err != nil {
		t.Fatal(err)
	}
	shot(t, ctx, "phone.png")
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

func encoded(t *testing.T) []byte {
	t.Helper()
	r := record.Record{
		Version: 1, Device: "sim", Boot: [16]byte{0x5e, 0x11}, Sequence: 7, From: 1_795_330_800, To: 1_795_330_810,
		Interval: 10, Lines: []record.Line{{Forward: 4, Backward: 1}}, Zones: []record.Zone{{Inside: 1, Peak: 2}},
		Coverage: record.Coverage{Cycles: 248, Expected: 250}, Lifetime: record.Lifetime{Worst: 61, P999: 63},
		Camera:   record.Camera{Kind: "camera", Driver: "sim", Width: 160, Height: 120, Pixel: "GREY"},
		Firmware: [32]byte{0xd5}, Previous: record.Hash{0x3a}, Simulated: true, Unreleased: true, Quality: record.Lacking(layers.All &^ layers.Paths),
	}
	b, err := record.Encode(&r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
