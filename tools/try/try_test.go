package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tellijn/firmware/queue"
	"tellijn/privacy/record"
)

// built is this tool, built as a person's `go run` would.
func built(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and starts programs; not with -short")
	}
	path := filepath.Join(t.TempDir(), "try")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// buffer collects what a program says while it runs.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// run starts the tool and gives what it says and a way to wait for its end.
func run(t *testing.T, dir string, args ...string) (*exec.Cmd, *buffer) {
	t.Helper()
	cmd := exec.Command(built(t), append([]string{"-dir", dir, "-addr", "127.0.0.1:0"}, args...)...)
	out := &buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		if t.Failed() {
			t.Logf("it said:\n%s", out)
		}
	})
	return cmd, out
}

// find waits for words and gives the first group of the expression.
func find(t *testing.T, out *buffer, expr string) string {
	t.Helper()
	re := regexp.MustCompile(expr)
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if m := re.FindStringSubmatch(out.String()); m != nil {
			return m[len(m)-1]
		}
	}
	t.Fatalf("not said: %s", expr)
	return ""
}

// records reads the queue.
func records(t *testing.T, dir string) (out []record.Record) {
	t.Helper()
	q, err := queue.Open(filepath.Join(dir, "queue.db"), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	items, err := q.Peek(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		r, err := record.Decode(it.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// TestTry does what the first page of the README says, in a real browser where there is one.
func TestTry(t *testing.T) {
	dir := t.TempDir()
	cmd, out := run(t, dir, "-speed", "5")
	url := find(t, out, `Page +(http://127\.0\.0\.1:\d+)`)
	find(t, out, `(Loaded +camera: sim)`)
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 200 || !strings.Contains(string(page), "This camera is simulated") {
		t.Fatalf("%s: %.300s", resp.Status, page)
	}
	stranger, _ := http.NewRequest("GET", url, nil)
	stranger.Host = "elsewhere.example"
	if resp, err := http.DefaultClient.Do(stranger); err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("a page under another name: %v, %v", resp.Status, err)
	}
	t.Run("browser", func(t *testing.T) { look(t, url) })
	find(t, out, `(Counting forward [1-9]|Counting forward \d+, backward [1-9])`)
	cmd.Process.Signal(syscall.SIGINT)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Counted  line 1: ") || !strings.Contains(out.String(), "The queue is "+dir+"/queue.db") {
		t.Error("no summary at the end")
	}
	var forward, backward uint32
	for _, r := range records(t, dir) {
		forward, backward = forward+r.Lines[0].Forward, backward+r.Lines[0].Backward
		if want := "Record   Held in by: " + r.Held().String() + " · missing: "; r.Coverage.Cycles > 0 && !strings.Contains(out.String(), want) {
			t.Errorf("the terminal does not say %q", want)
		}
	}
	if want := fmt.Sprintf("Counted  line 1: %d forward, %d backward", forward, backward); !strings.Contains(out.String(), want) {
		t.Errorf("the queue says %q", want)
	}
}

// look waits in a browser until the line is lit, totals rise and a record is shown.
func look(t *testing.T, url string) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here; Debian: apt install chromium")
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(profile(t)), chromedp.WSURLReadTimeout(60*time.Second), chromedp.WindowSize(1200, 1000))
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx); err != nil {
		t.Skipf("chromium does not start: %v", err)
	}
	var forward, backward, text string
	var shot []byte
	if err := chromedp.Run(ctx, chromedp.Navigate(url),
		chromedp.WaitReady("#line-1.lit", chromedp.ByQuery),
		chromedp.WaitVisible("#record-text", chromedp.ByID),
		chromedp.WaitReady("#line-1.lit", chromedp.ByQuery),
		chromedp.FullScreenshot(&shot, 100),
		chromedp.TextContent("#totals .forward", &forward, chromedp.ByQuery),
		chromedp.TextContent("#totals .backward", &backward, chromedp.ByQuery),
		chromedp.TextContent("#record-text", &text, chromedp.ByID)); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("TELLIJN_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "try.png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if forward == "0" && backward == "0" || forward == "–" {
		t.Errorf("lit, but shows %s forward and %s backward", forward, backward)
	}
	if !strings.Contains(text, "18: true, / simulated /") {
		t.Errorf("record: %s", text)
	}
}

// profile is a fresh directory for a browser. What the browser still writes while it ends is no
// fault of the test.
func profile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tellijn-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
