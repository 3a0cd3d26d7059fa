package real

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/tools/fieldkit/drive"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/real/desk"
	"tellijn/tools/rig/real/lines"
	"tellijn/tools/rig/real/realtest"
	"tellijn/tools/rig/real/usb"
)

// TestSwitches has the other ways to switch power and card: a line of the bench, and programs.
func TestSwitches(t *testing.T) {
	told := filepath.Join(t.TempDir(), "told")
	d := &desk.Desk{Power: desk.Power{Kind: "command", On: []string{"sh", "-c", "printf on >> " + told}, Off: []string{"sh", "-c", "echo bad cable; exit 3"}},
		Card:  desk.Card{Kind: "command", Host: []string{"no-such-program"}, Device: []string{"sh", "-c", "printf device >> " + told}},
		Lines: desk.Lines{Supply: "a/GP1"}}
	ctx, stop := context.WithCancel(t.Context())
	r := &rig{ctx: ctx, d: d, adapters: map[string]lines.Adapter{}}
	stop() // a scenario that was stopped: power has to go off all the same
	p, err := r.newSupply()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Set(true); err != nil {
		t.Error(err)
	}
	if err := p.Set(false); err == nil || !strings.Contains(err.Error(), "bad cable") {
		t.Error(err)
	}
	m, err := r.newMux()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Give(true); err != nil {
		t.Error(err)
	}
	if err := m.Give(false); !errors.Is(err, hal.ErrAbsent) {
		t.Error("a program that is not there: ", err)
	}
	if b, _ := os.ReadFile(told); string(b) != "ondevice" {
		t.Errorf("%q", b)
	}
	mcp := &realtest.MCP{TB: t}
	if r.adapters["a"], err = lines.NewMCP(mcp, nil, []string{"GP1"}); err != nil {
		t.Fatal(err)
	}
	d.Power.Kind = "line"
	if p, err = r.newSupply(); err != nil {
		t.Fatal(err)
	}
	for _, on := range []bool{true, false} {
		if err := p.Set(on); err != nil || mcp.High(1) != on {
			t.Errorf("the line is %v, want %v; %v", mcp.High(1), on, err)
		}
	}
	if err := r.drive("the button", "", true); !errors.Is(err, bench.ErrCannot) {
		t.Error(err)
	}
	d.Power = desk.Power{Kind: "hub", Hub: "1-1", Port: 1}
	r.m.USB = func(usb.Place) (usb.Control, error) { return &realtest.Hub{TB: t, Ports: 4, Together: true}, nil }
	if _, err := r.newSupply(); !errors.Is(err, usb.ErrGanged) {
		t.Error(err)
	}
	if err := errors.Join(p.Close(), m.Close()); err != nil {
		t.Error(err)
	}
}

// TestDrive looks for the card where it is not, and where a disk of this computer is.
func TestDrive(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if _, err := awaitDrive(ctx, "/dev/disk/by-id/nobodys", 1); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "in the multiplexer") {
		t.Error(err)
	}
	blocks, _ := filepath.Glob("/sys/block/*")
	for _, b := range blocks {
		d, err := drive.Here().Find(filepath.Base(b))
		if err != nil || d.Bytes == 0 || d.Removable {
			continue
		}
		link := filepath.Join(t.TempDir(), "usb-card")
		if err := os.Symlink(d.Path, link); err != nil {
			t.Fatal(err)
		}
		if path, err := awaitDrive(t.Context(), link, 1); !errors.Is(err, drive.ErrRefused) {
			t.Errorf("%s would be written: %v", path, err)
		}
		return
	}
	t.Log("this computer has no disk that could be refused")
}

// TestImages has an image made once, or takes one that was made before.
func TestImages(t *testing.T) {
	made := 0
	m := Makers{Image: func(_ context.Context, board, dir string, _ func(string)) (string, error) {
		made++
		return filepath.Join(dir, board), nil
	}}
	d := &desk.Desk{Board: "rpi-4b"}
	b := New(d, m)
	for range 2 {
		if err := b.make(t.Context(), nil); err != nil || filepath.Base(b.image) != "rpi-4b" || made != 1 {
			t.Errorf("%q, made %d times, %v", b.image, made, err)
		}
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	m.Images = map[string]string{"rpi-4b": "before.img"}
	if b = New(d, m); b.make(t.Context(), nil) != nil || b.image != "before.img" || made != 1 {
		t.Errorf("%q, made %d times", b.image, made)
	}
	m = Hardware() // an empty desk is told before an image is made
	m.Image = func(context.Context, string, string, func(string)) (string, error) { made++; return "", nil }
	d.Console = desk.Console{Path: "/dev/tty-of-nobody", Baud: 115200}
	if _, err := New(d, m).Open(t.Context(), bench.Setup{Board: "rpi-4b"}, nil, nil); !errors.Is(err, hal.ErrAbsent) || made != 1 {
		t.Errorf("%v, made %d times", err, made)
	}
	if len(Untried()) < 5 {
		t.Error("nobody has tried it, and nobody says so")
	}
}
