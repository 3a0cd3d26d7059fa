package film

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/firmware/eye/cycle"
	"tellijn/hal/camera"
	"tellijn/hal/camera/cameratest"
	"tellijn/privacy/wire"
	"tellijn/tools/rig/film/reel"
)

// TestMany sends a hundred thousand frames through the eye's own loop as fast as it takes them, from the camera in memory
// that every driver is held against, some of them late, lost or damaged: each is counted on once, and nothing grows.
func TestMany(t *testing.T) {
	if testing.Short() || os.Getenv("TELLIJN_BOOTS") != "all" {
		t.Skip("it takes a minute; set TELLIJN_BOOTS=all")
	}
	const all, scene = 100_000, 600
	z, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		t.Fatal(err)
	}
	r, sc, err := reel.Open(reel.Options{Film: "door 5", Format: "yuyv 160x120", Scene: z.Scene})
	if err != nil {
		t.Fatal(err)
	}
	var drawn [scene][]byte // the same minute again and again
	for i := range drawn {
		b, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		drawn[i] = bytes.Clone(b)
	}
	steps := make([]cameratest.Step, 0, all+all/500)
	var lost, damaged uint32
	for i := range all {
		s := cameratest.Step{Data: drawn[i%scene]}
		switch i % 1000 {
		case 300:
			s.Lost = 2
			lost += 2
		case 600:
			s.Damaged = true
			damaged++
		case 900:
			steps = append(steps, cameratest.Step{Err: camera.ErrTimeout})
		}
		steps = append(steps, s)
	}
	p, err := pipeline.New(&sc, r.Format())
	if err != nil {
		t.Fatal(err)
	}
	in, out := io.Pipe()
	source := cameratest.NewPlayback(r.Format(), steps...)
	asked := 0
	var at [2]runtime.MemStats // early, and at the end
	loop := &cycle.Loop{Camera: source, Count: p, Out: wire.NewWriter(out, wire.StreamOf(r.Format())), Beat: 10, Stop: func() bool {
		if asked++; asked == all/10 || asked == all {
			runtime.GC() // what the reader of the tallies let go
			runtime.ReadMemStats(&at[asked/all])
		}
		return false
	}}
	done := make(chan error, 1)
	go func() {
		done <- loop.Run()
		out.Close()
	}()
	tallies := wire.NewReader(in, wire.Terms{Lines: sc.NLines, Beat: time.Second, Speed: 1, Unpaced: true, Since: func() time.Duration { return 0 }})
	var cycles, bad, to, forward, backward uint32
	for {
		m, err := tallies.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		cycles, bad, to = cycles+m.Tally.Cycles, bad+m.Tally.Damaged, m.Tally.To
		forward, backward = forward+m.Tally.Lines[0].Forward, backward+m.Tally.Lines[0].Backward
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if cycles != all-damaged || bad != damaged || to != all+lost || source.Borrows != all || source.Returns != all {
		t.Errorf("%d cycles, %d damaged, up to frame %d, %s", cycles, bad, to, source)
	}
	wantIn, wantOut := straight(t, &z, r.Format(), drawn[:], all)
	if forward != wantIn || backward != wantOut || forward+backward < 1000 {
		t.Errorf("%d forward and %d backward, want %d and %d", forward, backward, wantIn, wantOut)
	}
	grown := int64(at[1].HeapAlloc) - int64(at[0].HeapAlloc)
	t.Logf("%d frames, %d forward, %d backward, %d tallies; the heap grew by %d bytes", all, forward, backward, to/10, grown)
	if grown > 64<<10 {
		t.Errorf("the heap grew by %d bytes from the %dth frame on, want at most 64 KiB", grown, all/10)
	}
}

// straight counts the same frames without camera and loop.
func straight(t *testing.T, z *boards.Board, f camera.Format, drawn [][]byte, all int) (forward, backward uint32) {
	t.Helper()
	p, err := pipeline.New(&z.Scene, f)
	if err != nil {
		t.Fatal(err)
	}
	sequence := uint32(0)
	for i := range all {
		if i%1000 == 300 {
			sequence += 2
		}
		if i%1000 == 600 {
			p.Skip(sequence)
			sequence++
			continue
		}
		if err := p.Reduce(&camera.Frame{Data: drawn[i%len(drawn)]}); err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Count(sequence) {
			if c.Forward {
				forward++
			} else {
				backward++
			}
		}
		sequence++
	}
	return forward, backward
}
