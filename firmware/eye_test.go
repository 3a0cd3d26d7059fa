package firmware_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/counting/scene"
	"tellijn/firmware/orders"
	"tellijn/hal/camera"
)

// told makes orders for an eye that is started without a warden.
func told(turn func(*orders.Orders)) []byte {
	o := orders.Orders{Board: orders.Simulated, Driver: orders.Sim, Beat: time.Second, Speed: 1000,
		Wanted: orders.Wanted{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond},
		Sim:    orders.Scripted{Seed: 1, Seconds: 2}}
	o.Scene.PersonArea, o.Scene.NLines = 20_000, 1
	o.Scene.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	if turn != nil {
		turn(&o)
	}
	b, err := orders.Encode(&o)
	if err != nil {
		panic(err) // a mistake of the test
	}
	return b[:]
}

// TestEndings starts the eye alone: what it is told on descriptor 0 decides how it ends, and it says
// one line at most.
func TestEndings(t *testing.T) {
	t.Parallel()
	short(t)
	good := told(nil)
	for _, tc := range []struct {
		what string
		in   []byte
		want orders.Ending
	}{
		{"nothing", nil, orders.BadOrders},
		{"rubbish", bytes.Repeat([]byte{7}, orders.Size), orders.BadOrders},
		{"a byte more", append(bytes.Clone(good), 0), orders.BadOrders},
		{"a play to its end", good, orders.Ended},
		{"no such camera", told(func(o *orders.Orders) {
			o.Driver, o.Device, o.Sim, o.Speed = orders.V4L2, "/dev/video99", orders.Scripted{}, 1
		}), orders.Absent},
		{"a format nobody draws", told(func(o *orders.Orders) { o.Wanted.Pixel = camera.MJPEG }), orders.BadFormat},
		{"no clip", told(func(o *orders.Orders) { o.Driver, o.Sim = orders.Feed, orders.Scripted{} }), orders.Broken},
	} {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		var words bytes.Buffer
		cmd := exec.Command(filepath.Join(programs, "eye"))
		cmd.Stdin, cmd.Stderr, cmd.ExtraFiles = bytes.NewReader(tc.in), &words, []*os.File{null, null, null}
		cmd.Run()
		if code := orders.Ending(cmd.ProcessState.ExitCode()); code != tc.want {
			t.Errorf("%s: the eye %s, want that it %s (%s)", tc.what, code, tc.want, &words)
		}
		lines := strings.Count(words.String(), "\n")
		if lines > 1 || (lines == 0) != (tc.want == orders.Ended) {
			t.Errorf("%s: it said %q", tc.what, &words)
		}
	}
}

// TestByClock has tallies of an eye for a V4L2 camera, so the records go by the clock.
func TestByClock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := bad(t, dir, 0, "-driver", "v4l2", "-device", "/dev/video0", "-compress", "900")
	w.until("records", func() bool { return w.recs >= 3 })
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	d := disk(t, dir)
	rs := d.records
	for i, r := range rs {
		if r.Camera.Driver != "v4l2" || i > 0 && r.From < rs[i-1].To {
			t.Errorf("record %d: %+v", i, r)
		}
		if i > 0 && i < len(rs)-1 && (r.To-r.From != 900 || r.Coverage < 20) {
			t.Errorf("record %d: %d s, coverage %d %%", i, r.To-r.From, r.Coverage)
		}
	}
	if d.forward != w.forward() {
		t.Errorf("stored %d forward, shown %d", d.forward, w.forward())
	}
}
