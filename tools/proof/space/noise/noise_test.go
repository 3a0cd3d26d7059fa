package noise

import (
	"math/rand/v2"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/space/walk"
)

func sim(t *testing.T, pixel camera.PixelFormat, w, h int) (*boards.Board, camera.Format) {
	t.Helper()
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	b.Wanted = camera.Format{Pixel: pixel, Width: w, Height: h, Interval: 40 * time.Millisecond}
	return &b, walk.Format(&b)
}

// Each byte has a name, and each field lies where wire puts it.
func TestLayout(t *testing.T) {
	names := Layout()
	n := map[string]int{}
	for _, name := range names {
		n[name]++
	}
	if n["head"] != 6 || n["checksum"] != 4 || n["Tally.Quality"] != 4 || n["Stream.Interval"] != 8 || n["Tally.Lines"] != 64 || n["Tally.Zones"] != 32 {
		t.Errorf("bytes by name: %v", n)
	}
	b, f := sim(t, camera.GREY, 160, 120)
	plain := wire.Message{Stream: wire.StreamOf(f)}
	plain.Tally.To = 5
	for name, change := range map[string]func(m *wire.Message){
		"Tally.Number":    func(m *wire.Message) { m.Tally.Number++ },
		"Stream.Width":    func(m *wire.Message) { m.Stream.Width++ },
		"Stream.Interval": func(m *wire.Message) { m.Stream.Interval++ },
		"Tally.Cycles":    func(m *wire.Message) { m.Tally.Cycles++ },
		"Tally.Dropped":   func(m *wire.Message) { m.Tally.Dropped++ },
		"Tally.Lifetime":  func(m *wire.Message) { m.Tally.Lifetime.P999++ },
		"Tally.Quality":   func(m *wire.Message) { m.Tally.Quality++ },
		"Tally.Lines":     func(m *wire.Message) { m.Tally.Lines[7].Backward++ },
		"Tally.Zones":     func(m *wire.Message) { m.Tally.Zones[0].Inside++ },
	} {
		m := plain
		change(&m)
		var a, c [wire.Size]byte
		wire.Encode(&a, &plain)
		wire.Encode(&c, &m)
		moved := Moved(&a, &c, &names)
		delete(moved, "checksum")
		if len(moved) != 1 || moved[name] == 0 {
			t.Errorf("%s: moved %v", name, moved)
		}
	}
	if !Refuses(&plain, Terms(b)) {
		t.Error("a message of another length passes")
	}
}

// What is free must be what the warden cannot know, and nothing else.
func TestFree(t *testing.T) {
	b, f := sim(t, camera.GREY, 160, 120)
	m := walk.Fullest(b, f)
	m.Tally.Dropped, m.Tally.Lines[0].Forward, m.Tally.Zones[0].Inside = 0, 0, 0
	free := Free(&m, Terms(b))
	for _, never := range []string{"head", "Tally.Number", "checksum"} {
		if free[never] > 0 {
			t.Errorf("%s: %d bits free", never, free[never])
		}
	}
	if free["Tally.Lines"] < 10 || free["Tally.Lines"] > 20 || free["Tally.Quality"] != 5 {
		t.Errorf("free %v", free)
	}
	o := Bound(b, f)
	t.Logf("free %v, bounds %+v", free, o)
	if o.Counts < 20 || o.Counts > 60 || o.Frames < 10 || o.Time < 20 {
		t.Errorf("bounds %+v", o)
	}
}

// Noise moves what it may and nothing else; blank frames move nothing.
func TestRun(t *testing.T) {
	for _, pixel := range []camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG} {
		b, f := sim(t, pixel, 320, 240)
		plain, err := Run(b, f, Blank, 12, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if plain.Cycles != 12 || plain.Looked != 12 || len(plain.Messages) < 2 {
			t.Errorf("%v: %d cycles, %d looked at, %d messages", pixel, plain.Cycles, plain.Looked, len(plain.Messages))
		}
		for _, k := range Kinds() {
			out, err := Run(b, f, k, 12, rand.New(rand.NewPCG(1, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if out.Kept > 0 || len(out.Messages) != len(plain.Messages) {
				t.Errorf("%v, %v: scratch kept after %d cycles, %d messages", pixel, k, out.Kept, len(out.Messages))
			}
			if (out.Cycles == 12) != (k != Broken) {
				t.Errorf("%v, %v: %d cycles counted on", pixel, k, out.Cycles)
			}
		}
	}
}

// TestLeftFinds sees that what a frame leaves would be found.
func TestLeftFinds(t *testing.T) {
	for _, pixel := range []camera.PixelFormat{camera.GREY, camera.MJPEG} {
		b, f := sim(t, pixel, 160, 120)
		all, err := frames(f, Fresh, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		p, black := fresh(t, b, f), fresh(t, b, f)
		if err := p.Reduce(&camera.Frame{Data: all[0]}); err != nil {
			t.Fatal(err)
		}
		if kept, err := left(p, black, pixel == camera.MJPEG); err != nil || !kept {
			t.Errorf("%v: a frame that was reduced and not counted on is not found: %v", pixel, err)
		}
	}
}

func fresh(t *testing.T, b *boards.Board, f camera.Format) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.New(&b.Scene, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A block is seen on either floor and both ways, and the view shows the same of it.
func TestCross(t *testing.T) {
	for _, down := range []bool{true, false} {
		plain, err := Cross(false, down, nil)
		if err != nil || plain.Forward+plain.Backward != 1 || (plain.Forward == 1) != down {
			t.Fatalf("down %v: %d forward, %d backward, %v", down, plain.Forward, plain.Backward, err)
		}
		for range 5 {
			other, err := Cross(true, down, rand.New(rand.NewPCG(rand.Uint64(), 1)))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for i := range plain.States {
				if plain.States[i] != other.States[i] {
					n++
				}
			}
			if n > 0 {
				t.Errorf("down %v: %d of %d states differ; %d and %d", down, n, len(plain.States), other.Forward, other.Backward)
			}
		}
	}
}
