package page

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"tellijn/tools/try/page/browser"
)

// chromium starts a browser, or skips.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser; not with -short")
	}
	ctx, stop, err := browser.Start(t.Context())
	if errors.Is(err, browser.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return ctx
}

// serve gives an address of a page.
func serve(t *testing.T, page string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// in opens a page so wide, by day or by night.
func in(ctx context.Context, url string, width int64, scheme string) error {
	return chromedp.Run(ctx, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.EmulateViewport(width, 1000), chromedp.Navigate(url))
}

// shots takes pictures for people.
func shots(t *testing.T, dir string) {
	ctx := chromium(t)
	results, files := sample()
	url := serve(t, write(t, results, files))
	for _, c := range []struct {
		name   string
		width  int64
		scheme string
	}{{"wide-light", 1200, "light"}, {"wide-dark", 1200, "dark"}, {"narrow-light", 390, "light"}, {"narrow-dark", 390, "dark"}} {
		var b []byte
		if err := in(ctx, url, c.width, c.scheme); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Run(ctx, chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => { d.open = d.closest("#ladder") && !d.querySelector("pre") || d.open })`, nil), chromedp.FullScreenshot(&b, 100)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "bench-"+c.name+".png"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
