package real

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/fieldkit/cardtest"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/real/desk"
	"tellijn/tools/rig/real/lines"
	"tellijn/tools/rig/real/realtest"
	"tellijn/tools/rig/real/usb"
)

// file is a file in place of a card.
type file struct {
	*os.File
	size int64
}

func (f file) Size() int64  { return f.size }
func (f file) Flush() error { return f.Sync() }

// makers gives the bench its doubles.
func (b *table) makers() Makers {
	m := Hardware()
	m.Net = nil
	m.Lines = func(kind, path string, in, out []string) (lines.Adapter, error) {
		d := map[string]*realtest.MCP{"/dev/hidraw0": b.a, "/dev/hidraw1": b.b}[path]
		if kind != lines.MCP || d == nil {
			b.t.Errorf("adapter %q at %q", kind, path)
		}
		return lines.NewMCP(d.Open(), in, out)
	}
	m.USB = func(p usb.Place) (usb.Control, error) {
		switch p {
		case usb.Place{Port: "1-1.4"}:
			return b.hub, nil
		case usb.Place{Vendor: usb.SDWireVendor, Product: usb.SDWireProduct, Serial: "sd-wire_01"}:
			return b.mux, nil
		}
		return nil, hal.ErrAbsent
	}
	m.Drive = func(_ context.Context, path string, _ int64) (string, error) {
		if has, _ := b.mux.Board(); has || path != "/dev/disk/by-id/usb-card" {
			b.t.Errorf("%s was looked for; the board has the card: %v", path, has)
		}
		return b.card, nil
	}
	m.Card = func(path string) (Medium, error) {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		return file{f, 80 << 20}, f.Truncate(80 << 20)
	}
	return m
}

// desk is the desk file of the table.
func (b *table) desk() *desk.Desk {
	text, err := os.ReadFile("testdata/desk.toml")
	if err != nil {
		b.t.Fatal(err)
	}
	d, err := desk.Parse("testdata/desk.toml", strings.NewReplacer("PORT", b.path, "CAMERA", b.camera.Addr().String()).Replace(string(text)))
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

// open opens the bench for a scenario.
func (b *table) open(s bench.Setup, log io.Writer) *rig {
	b.t.Helper()
	s.Name, s.Board, s.Image = "a test", "rpi-zero-2w", cardtest.Image(b.t, "rpi-zero-2w")
	r, err := New(b.desk(), b.makers()).Open(b.t.Context(), s, log, func(s string) { b.t.Log("bench: " + s) })
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := r.End(); err != nil {
			b.t.Error(err)
		}
	})
	b.came = r.(*rig).outside.Front.Address
	return r.(*rig)
}

type safe struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safe) Write(p []byte) (int, error) { s.mu.Lock(); defer s.mu.Unlock(); return s.b.Write(p) }
func (s *safe) String() string              { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }

// TestBench runs a whole scenario against the scripted board: the card is written with a device that never existed
// before, the board starts from it, its camera plays a film, a record comes to the collector, the button ends it.
func TestBench(t *testing.T) {
	b := newTable(t)
	var log safe
	r := b.open(bench.Setup{Film: "door 7"}, &log)
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	says := func(mark int, pattern string) string {
		t.Helper()
		line, err := r.Console().Await(ctx, mark, pattern, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if has, moves := b.mux.Board(); !has || moves != 2 {
		t.Errorf("the board has the card: %v after %d moves, want true after 2", has, moves)
	}
	before := r.Now()
	ok(r.Power(true))
	if err := r.Power(true); err == nil {
		t.Error("power twice")
	}
	says(0, "Loaded .camera")
	ok(r.Camera().Await(ctx, 15))
	says(0, "sent")
	ok(r.Collector().Await(ctx, func(rs []record.Record, es []devicelog.Entry) bool { return len(rs) == 1 && len(es) == 1 }))
	ok(r.Collector().Verify())
	if rs := r.Collector().Records(); rs[0].Device != install.Name {
		t.Errorf("%+v", rs[0])
	}
	if !r.Now().After(before) {
		t.Error("the time stands still")
	}

	// The cable of the camera, and a switch that hands have spoilt.
	b.shows(true)
	ok(r.Camera().Cable(true))
	b.shows(false)
	played := r.Camera().Played()
	ok(r.Camera().Cable(false))
	ok(r.Camera().Await(ctx, 3))
	if r.Camera().Played() <= played {
		t.Error("nothing is played")
	}
	ok(r.Parts().Switch("broken"))
	ok(r.follower.Await("a/GP2", false, 5*time.Second))
	b.shows(false) // it has no power
	ok(r.Parts().Switch("works"))
	ok(r.follower.Await("a/GP2", true, 5*time.Second))
	ok(r.Camera().Await(ctx, 3))
	if err := r.Parts().Switch("odd"); err == nil {
		t.Error("an odd switch")
	}
	if err := r.Card().Copy(t.TempDir() + "/copy"); err == nil || !strings.Contains(err.Error(), "has power") {
		t.Error("the card was taken from a running board: ", err)
	}
	truth, err := r.Camera().Truth()
	if err != nil || len(truth) != 1 {
		t.Errorf("%+v, %v", truth, err)
	}
	if again, err := r.Camera().Replayed(); err != nil || len(again) != 1 {
		t.Errorf("%+v, %v", again, err)
	}

	mark := r.Console().Mark()
	ok(r.Hold(300 * time.Millisecond))
	says(mark, "reboot: Power down")
	ok(r.follower.Await("a/GP3", false, 5*time.Second))
	b.shows(false)
	ok(r.Parts().Switch("welded")) // then the camera has power, whatever the board wants
	b.shows(true)
	ok(r.Parts().Switch("works"))
	mark = r.Console().Mark()
	ok(r.Power(false))
	if got := r.Console().Lines(mark); len(got) != 1 || got[0] != "[   12.3" {
		t.Errorf("a line that the power cut: %q", got)
	}
	copied := t.TempDir() + "/copy"
	ok(r.Card().Copy(copied))
	if st, err := os.Stat(copied); err != nil || st.Size() != cardtest.Size {
		t.Errorf("%v, %v", st, err)
	}
	if has, moves := b.mux.Board(); !has || moves != 4 {
		t.Errorf("the board has the card: %v after %d moves, want true after 4", has, moves)
	}
	var moved []string
	for _, c := range r.Parts().Changes() {
		moved = append(moved, c.Part+map[bool]string{true: "+", false: "-"}[c.High])
	}
	for _, want := range []string{"camera_power+", "lamp+", "lamp-", "camera_power-"} {
		if !strings.Contains(strings.Join(moved, " "), want) {
			t.Errorf("the lines did %q, want %q among it", moved, want)
		}
	}
	if len(moved) != 4 {
		t.Errorf("the lines did %q", moved)
	}
	if !strings.Contains(log.String(), "Booting Linux on a scripted board") || len(r.Image()) != 64 {
		t.Errorf("%q, %q", log.String(), r.Image())
	}
}

// TestStillOn finds a board that has power although the hub says that it has none.
func TestStillOn(t *testing.T) {
	b := newTable(t)
	r := b.open(bench.Setup{}, nil)
	if err := r.Power(true); err != nil {
		t.Fatal(err)
	}
	r.d.Power.Wait = 50*time.Millisecond - wake
	b.mu.Lock()
	b.leak = true
	b.mu.Unlock()
	if err := r.Power(false); err == nil || !strings.Contains(err.Error(), "still has some") {
		t.Errorf("the board has power, and nobody says so: %v", err)
	}
	b.a.Drive(gpAlive, false)
}

// TestCannot asks for what hands cannot do.
func TestCannot(t *testing.T) {
	b := newTable(t)
	k := New(b.desk(), b.makers())
	image := cardtest.Image(t, "rpi-zero-2w")
	for name, s := range map[string]bench.Setup{
		"another board":   {Board: "rpi-5", Image: image},
		"a clock":         {Clock: time.Unix(0, 0)},
		"a reader":        {Reader: true},
		"a journal":       {Journal: true},
		"an image":        {Image: cardtest.Image(t, "rpi-5")},
		"an approval":     {Approval: "soon"},
		"a film":          {Film: "opera"},
		"a canary":        {Film: "canary"},
		"a configuration": {Config: "colour = true\n"},
	} {
		if s.Board == "" {
			s.Board = "rpi-zero-2w"
		}
		if s.Image == "" {
			s.Image = image
		}
		r, err := k.Open(t.Context(), s, nil, nil)
		if err == nil {
			r.End()
			t.Errorf("%s: it was opened", name)
		}
		cannot := name == "another board" || name == "a clock" || name == "a reader" || name == "a journal" || name == "a canary"
		if errors.Is(err, bench.ErrCannot) != cannot {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := b.open(bench.Setup{}, nil)
	m, c := r.Machine(), r.Camera()
	_, replayed := c.Replayed()
	_, truth := c.Truth()
	_, journal := r.Card().Journal()
	for name, err := range map[string]error{"memory": m.Memory("x"), "crash": m.Crash(t.Context(), "eye"), "hang": m.Hang(), "fault": r.Card().Fault("worn"),
		"catch": r.Card().Catch(t.Context(), "record half"), "journal": journal, "frames": c.Fault("short", 1), "await": c.Await(t.Context(), 1),
		"replayed": replayed, "truth": truth, "unplug": r.Network().Unplug(true)} {
		if !errors.Is(err, bench.ErrCannot) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r.Card().Fault("none") != nil || r.Collector().Be("honest") != nil || m.Resets() != 0 || c.Played() != 0 {
		t.Error("what needs nothing cannot be done")
	}
	// One board, one scenario at a time.
	k.now = r
	if _, err := k.Open(t.Context(), bench.Setup{Board: "rpi-zero-2w", Image: image}, nil, nil); err == nil || !strings.Contains(err.Error(), "another scenario") {
		t.Error(err)
	}
	if k.Kind() != "real" || k.Close() != nil {
		t.Error("the bench itself")
	}
}
