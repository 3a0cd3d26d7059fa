package launch

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/bench"
)

func grey(w, h int) camera.Format {
	return camera.Format{Pixel: camera.GREY, Width: w, Height: h, Stride: w, Interval: 40 * time.Millisecond}
}

// built gives the path of an eye that is built for this test.
func built(t *testing.T, tags string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and starts the eye; not with -short")
	}
	b, err := bench.New(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	path, err := b.Program(context.Background(), "firmware/eye", "", tags)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// An eye with a drawn camera counts confined, and says so.
func TestDrawn(t *testing.T) {
	path := built(t, "sim")
	for _, unlocked := range []bool{false, true} {
		o := Door(orders.Sim, grey(160, 120))
		o.Speed, o.Sim = 50, orders.Scripted{Seed: 3, Seconds: 60}
		e, err := Start(Options{Path: path, Orders: o, Spaces: true, Unlocked: unlocked})
		if err != nil {
			t.Fatal(err)
		}
		if !e.Wait(30 * time.Second) {
			t.Error("it does not end")
		}
		if e.Status().ExitStatus() != 0 || e.Words() != "" {
			t.Fatalf("%v signal %v, %q", e.Status().ExitStatus(), e.Status().Signal(), e.Words())
		}
		said := e.Said()
		if len(said)%wire.Size != 0 || len(said) < 100*wire.Size {
			t.Fatalf("%d bytes", len(said))
		}
		m, err := wire.Decode((*[wire.Size]byte)(said))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("holds: %s", m.Stream.Held)
		want := layers.Needed &^ layers.Spaces
		if os.Geteuid() == 0 { // an ordinary user's eye has lost what a room takes
			want |= layers.Room
		}
		if m.Stream.Held&want != want {
			t.Errorf("missing %s", strings.Join(m.Stream.Held.Missing(), ", "))
		}
	}
}

func TestOrdersOfAnAbsentCamera(t *testing.T) {
	path := built(t, "")
	o := Door(orders.V4L2, grey(160, 120))
	o.Board, o.Device = orders.Real, "/dev/video77"
	e, err := Start(Options{Path: path, Orders: o})
	if err != nil {
		t.Fatal(err)
	}
	e.Wait(20 * time.Second)
	if got := orders.Ending(e.Status().ExitStatus()); got != orders.Absent || !strings.Contains(e.Words(), "/dev/video77") {
		t.Errorf("it %s: %q, signal %v", got, e.Words(), e.Status().Signal())
	}
}
