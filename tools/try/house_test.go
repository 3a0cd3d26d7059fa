package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tellijn/tools/try/house"
	"tellijn/tools/try/page"
	"tellijn/tools/try/page/browser"
)

// outage is for how many records the network is out: six days of them.
const outage = 6 * 96

// TestHouse does what the first page of the README says: two doors, people who walk, a network that is
// out for six days, and every record once at the collector.
func TestHouse(t *testing.T) {
	tool, dir := built(t)
	fast := []string{"-programs", dir, "-day", "2.5s", "-speed", "4"}
	t.Run("HTTPS", func(t *testing.T) {
		t.Parallel()
		r := start(t, tool, fast...)
		url := r.find(t, `page +(http://127\.0\.0\.1:\d+)`)
		t.Run("page", func(t *testing.T) { look(t, url) })
		outageOf(t, r, url)
	})
	t.Run("MQTT", func(t *testing.T) {
		t.Parallel()
		if _, err := house.Mosquitto(); err != nil {
			t.Skip(err)
		}
		r := start(t, tool, append(fast, "-mqtt")...)
		r.find(t, `(Loaded +Mosquitto on 127\.0\.0\.1)`)
		outageOf(t, r, r.find(t, `page +(http://127\.0\.0\.1:\d+)`))
	})
	t.Run("clip", func(t *testing.T) {
		t.Parallel()
		clip(t, tool, dir)
	})
	t.Run("ends", func(t *testing.T) {
		t.Parallel()
		ends(t, tool, dir)
	})
}

// outageOf pulls the network for six days, puts it back, and looks what the collector has in the end.
func outageOf(t *testing.T, r *tried, url string) {
	t.Helper()
	news := listen(t, url)
	every := func(f func(k page.Kept) bool) func(h page.House) bool {
		return func(h page.House) bool {
			for _, k := range h.Doors {
				if !f(k) {
					return false
				}
			}
			return len(h.Doors) == 2
		}
	}
	until(t, news, "some arrived", every(func(k page.Kept) bool { return k.Stored >= 20 }))
	r.press(t, "n")
	until(t, news, "it is out", func(h page.House) bool { return h.Pulled })
	// By then whatever was on its way has come in, and the page has heard of it.
	before := until(t, news, "two days wait", every(func(k page.Kept) bool { return k.Waiting >= 2*96 }))
	during := until(t, news, "six days wait", every(func(k page.Kept) bool { return k.Waiting >= outage }))
	for i, k := range during.Doors {
		if k.Stored != before.Doors[i].Stored || !during.Old {
			t.Errorf("door %d: %d records came through a network that is out; old: %v", i, k.Stored-before.Doors[i].Stored, during.Old)
		}
	}
	r.press(t, "n")
	after := until(t, news, "all that waited arrived", func(h page.House) bool {
		return !h.Pulled && h.Doors[0].Stored >= during.Doors[0].Made && h.Doors[1].Stored >= during.Doors[1].Made
	})
	r.press(t, "q")
	if err := r.wait(t); err != nil {
		t.Fatal(err)
	}
	r.gone(t)
	all := r.verified(t)
	for i, name := range []string{"north-door", "south-door"} {
		k, records := after.Doors[i], all[name]
		if uint64(len(records)) < k.Stored || k.Stored < outage || k.Missing != 0 || k.Lost != 0 || k.Refused != 0 {
			t.Errorf("%s: %d records in the end, and before %+v", name, len(records), k)
		}
		if k.Late < outage/2 {
			t.Errorf("%s: %d came late, want most of %d", name, k.Late, outage)
		}
		for _, rec := range records {
			if !rec.Simulated || rec.Rule.Room != "hall" || rec.Rule.K != stepOf {
				t.Fatalf("%+v", rec)
			}
		}
	}
	said := r.out.String()
	for _, want := range []string{"north-door  Counted  line 1: ", "south-door  Carried  line 1: ", "north-door  Released line 1: ",
		"files       " + r.dir, "network     out", "network     in again"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	took := regexp.MustCompile(`most that was resident: warden ([0-9.]+) MiB, its starter ([0-9.]+) MiB, courier ([0-9.]+) MiB`).FindAllStringSubmatch(said, -1)
	if runtime.GOOS == "linux" && len(took) != 2 {
		t.Error("it does not say how much memory the programs took")
	}
	for _, m := range took {
		for _, s := range m[1:] {
			if mib, err := strconv.ParseFloat(s, 64); err != nil || mib < 1 || mib >= 16 {
				t.Errorf("%s: want less than 16 MiB each", m[0])
			}
		}
	}
}

// listen reads what the page gets of the house.
func listen(t *testing.T, url string) <-chan page.House {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), "GET", url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	news := make(chan page.House)
	go func() {
		defer close(news)
		in := bufio.NewScanner(resp.Body)
		for event := ""; in.Scan(); {
			if name, ok := strings.CutPrefix(in.Text(), "event: "); ok {
				event = name
			}
			data, ok := strings.CutPrefix(in.Text(), "data: ")
			var h page.House
			if ok && event == "house" && json.Unmarshal([]byte(data), &h) == nil {
				select {
				case news <- h:
				case <-t.Context().Done():
					return
				}
			}
		}
	}()
	return news
}

// until waits for a state of the house.
func until(t *testing.T, news <-chan page.House, what string, ok func(page.House) bool) page.House {
	t.Helper()
	begun, late := time.Now(), time.After(patience)
	var last page.House
	for {
		select {
		case h, open := <-news:
			if !open {
				t.Fatalf("%s: no more news; last %+v", what, last)
			}
			if last = h; ok(h) {
				t.Logf("%v until %s", time.Since(begun).Round(100*time.Millisecond), what)
				return h
			}
		case <-late:
			t.Fatalf("%s: not within %v; last %+v", what, patience, last)
		}
	}
}

// ends kills one part after the other, and sees everything end.
func ends(t *testing.T, tool, dir string) {
	if runtime.GOOS != "linux" {
		t.Skip("finds processes in /proc")
	}
	for _, tc := range []struct {
		name, part string // words of the process to kill; "" for the tool itself
		want       string
	}{
		{"collector", "/collector serve ", "the collector has ended"},
		{"warden", "/warden -board sim", "north-door has ended"},
		{"try", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, tool, "-programs", dir)
			r.find(t, `(south-door +Loaded +camera)`)
			if tc.part == "" {
				r.cmd.Process.Kill()
			} else if err := syscall.Kill(pid(t, r, tc.part), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if err := r.wait(t); err == nil {
				t.Error("it calls this a good end")
			}
			if !strings.Contains(r.out.String(), tc.want) {
				t.Errorf("it does not say that %s", tc.want)
			}
			r.gone(t)
		})
	}
	for name, end := range map[string]func(*tried) error{
		"Ctrl-C":    func(r *tried) error { return r.cmd.Process.Signal(syscall.SIGINT) },
		"by itself": func(*tried) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"-programs", dir}
			if name == "by itself" {
				args = append(args, "-duration", "3s")
			}
			r := start(t, tool, args...)
			r.find(t, `(south-door +Loaded +camera)`)
			if err := errors.Join(end(r), r.wait(t)); err != nil {
				t.Error(err)
			}
			r.gone(t)
		})
	}
}

// pid finds the first process of a house with these words.
func pid(t *testing.T, r *tried, words string) int {
	t.Helper()
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		b, err := os.ReadFile(path)
		text := strings.ReplaceAll(string(b), "\x00", " ")
		if err == nil && strings.Contains(text, r.dir) && strings.Contains(text, words) {
			var n int
			if json.Unmarshal([]byte(filepath.Base(filepath.Dir(path))), &n) == nil {
				return n
			}
		}
	}
	t.Fatalf("no process with %q", words)
	return 0
}

// look reads the page as a person does, and waits in a browser until a line is lit, totals rise and a
// record with a good signature is shown.
func look(t *testing.T, url string) {
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 200 || !strings.Contains(string(text), "This camera is simulated") {
		t.Fatalf("%s: %.300s", resp.Status, text)
	}
	ctx, stop, err := browser.Start(context.Background())
	if errors.Is(err, browser.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	var forward, backward, verdict, diag string
	var shot []byte
	if err := chromedp.Run(ctx, chromedp.Navigate(url),
		chromedp.WaitReady("#line-1.lit", chromedp.ByQuery), chromedp.WaitReady("#line-2-1.lit", chromedp.ByQuery),
		chromedp.WaitVisible("#record-text-2", chromedp.ByID), chromedp.FullScreenshot(&shot, 100),
		chromedp.TextContent("dd.forward", &forward, chromedp.ByQuery), chromedp.TextContent("dd.backward", &backward, chromedp.ByQuery),
		chromedp.TextContent(".record-state", &verdict, chromedp.ByQuery),
		chromedp.TextContent("#record-text", &diag, chromedp.ByID)); err != nil {
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
	if !strings.Contains(verdict, "signature verified") || !strings.Contains(diag, "18: true, / simulated /") {
		t.Errorf("%s %s", verdict, diag)
	}
}
