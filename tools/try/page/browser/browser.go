// Package browser opens the page in a headless Chromium and counts the colours on its black screen.
// It is for tests and for the proof, and looks at nothing but pages of this computer. It stands
// outside the data path, behind tools/try/page.
package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// ErrAbsent is wrapped by Start when there is no browser here that starts.
var ErrAbsent = errors.New("no chromium here; Debian: apt install chromium")

// patience is how long a browser may take for all it is asked.
const patience = 90 * time.Second

// Start starts a browser of its own. The context is for chromedp; stop ends the browser and removes
// what it wrote.
func Start(parent context.Context) (ctx context.Context, stop func(), err error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, nil, ErrAbsent
	}
	profile, err := os.MkdirTemp("", "tellijn-browser-")
	if err != nil {
		return nil, nil, err
	}
	ctx, first := chromedp.NewExecAllocator(parent,
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("force-color-profile", "srgb"), chromedp.UserDataDir(profile),
		chromedp.WSURLReadTimeout(60*time.Second), chromedp.WindowSize(1200, 1000))
	// Events of a newer browser than the library knows are no errors of the page.
	ctx, second := chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	ctx, third := context.WithTimeout(ctx, patience)
	stop = func() {
		third()
		second()
		first()
		// What the browser still writes while it ends is nobody's fault.
		os.RemoveAll(profile)
	}
	if err := chromedp.Run(ctx); err != nil {
		stop()
		return nil, nil, fmt.Errorf("%w: it does not start: %w", ErrAbsent, err)
	}
	return ctx, stop, nil
}

// Colours draws the black screen of the page that is open and counts the pixels of each colour,
// without the rim, which the page around it may blend.
func Colours(ctx context.Context) (map[color.RGBA]int, error) {
	var b []byte
	if err := chromedp.Run(ctx, chromedp.Screenshot("#screen", &b, chromedp.ByID)); err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	all := map[color.RGBA]int{}
	r := m.Bounds().Inset(2)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			all[color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)]++
		}
	}
	return all, nil
}
