package cycle

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

var format = camera.Format{Pixel: camera.GREY, Width: 64, Height: 48, Stride: 64, Interval: 40 * time.Millisecond}

// source lends blank frames. step says what happens at each sequence number.
type source struct {
	data []byte
	next uint32
	step func(sequence uint32, f *camera.Frame) error
	life time.Duration
	held bool
}

func (s *source) Format() camera.Format { return format }
func (s *source) Close() error          { return nil }

func (s *source) Borrow(f *camera.Frame) error {
	*f = camera.Frame{Data: s.data, Sequence: s.next}
	if err := s.step(s.next, f); err != nil {
		return err
	}
	s.held = true
	s.next = f.Sequence + 1
	return nil
}

func (s *source) Return(f *camera.Frame) (time.Duration, error) {
	if !s.held {
		return 0, camera.ErrLoan
	}
	s.held = false
	*f = camera.Frame{}
	return s.life, nil
}

func loop(t testing.TB, out io.Writer, step func(uint32, *camera.Frame) error) (*Loop, *source) {
	t.Helper()
	sc := scene.Scene{PersonArea: 50_000, NLines: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	p, err := pipeline.New(&sc, format)
	if err != nil {
		t.Fatal(err)
	}
	src := &source{data: make([]byte, 64*48), step: step, life: time.Millisecond}
	return &Loop{Camera: src, Count: p, Out: wire.NewWriter(out, wire.StreamOf(format)), Beat: 10,
		Stop: func() bool { return false }}, src
}

// tallies reads what came out, through the eyes of the warden.
func tallies(t *testing.T, out io.Reader) (all []wire.Message) {
	t.Helper()
	r := wire.NewReader(out, wire.Terms{Lines: 1, Beat: 400 * time.Millisecond, Speed: 1,
		Since: func() time.Duration { return time.Hour }})
	for {
		m, err := r.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
}

func TestBeats(t *testing.T) {
	var out bytes.Buffer
	l, _ := loop(t, &out, func(n uint32, f *camera.Frame) error {
		switch {
		case n == 5:
			f.Sequence = 8 // three frames never came
		case n == 14:
			f.Damaged = true
		case n == 15:
			f.Data = f.Data[:7] // too short, which Reduce finds
		case n == 20:
			f.Sequence = 47 // more than a beat never came
		case n >= 53:
			return camera.ErrEnded
		}
		return nil
	})
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	got := tallies(t, &out)
	want := []struct{ from, to, cycles, damaged uint32 }{{0, 10, 7, 0}, {10, 40, 8, 2}, {40, 50, 3, 0}, {50, 53, 3, 0}}
	if len(got) != len(want) {
		t.Fatalf("%d tallies, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		g := got[i].Tally
		if g.From != w.from || g.To != w.to || g.Cycles != w.cycles || g.Damaged != w.damaged {
			t.Errorf("tally %d: from %d to %d, %d cycles, %d damaged, want %v", i, g.From, g.To, g.Cycles, g.Damaged, w)
		}
	}
	if w := got[0].Tally.Lifetime.Worst; w != 1000 {
		t.Errorf("worst lifetime %d us, want 1000", w)
	}
}

func TestStop(t *testing.T) {
	var out bytes.Buffer
	n := 0
	l, _ := loop(t, &out, func(uint32, *camera.Frame) error { return nil })
	l.Stop = func() bool { n++; return n > 14 }
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	if got := tallies(t, &out); len(got) != 2 || got[1].Tally.To != 14 {
		t.Fatalf("%+v, want the open tally too", got)
	}
}

func TestFailures(t *testing.T) {
	broken := errors.New("broken")
	for _, tc := range []struct {
		what string
		step func(uint32, *camera.Frame) error
		life time.Duration
		want error
		to   uint32
	}{
		{"gone", func(n uint32, _ *camera.Frame) error {
			if n == 4 {
				return camera.ErrGone
			}
			return nil
		}, 0, camera.ErrGone, 4},
		{"silent", func(n uint32, _ *camera.Frame) error {
			if n == 4 {
				return camera.ErrTimeout
			}
			return nil
		}, 0, camera.ErrGone, 4},
		{"other", func(n uint32, _ *camera.Frame) error {
			if n == 4 {
				return broken
			}
			return nil
		}, 0, broken, 4},
		{"slow", func(uint32, *camera.Frame) error { return nil }, MaxLife + 1, ErrOverdue, 1},
		{"very slow", func(uint32, *camera.Frame) error { return nil }, time.Hour, ErrOverdue, 1},
	} {
		var out bytes.Buffer
		l, src := loop(t, &out, tc.step)
		src.life = tc.life
		if err := l.Run(); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.what, err, tc.want)
		}
		if got := tallies(t, &out); len(got) != 1 || got[0].Tally.To != tc.to {
			t.Errorf("%s: %+v, want the open tally to %d", tc.what, got, tc.to)
		}
		if src.held {
			t.Errorf("%s: ended with a frame on loan", tc.what)
		}
	}
}

// TestLateOnce says that one late frame is no reason to end.
func TestLateOnce(t *testing.T) {
	var out bytes.Buffer
	late := 0
	l, _ := loop(t, &out, func(n uint32, _ *camera.Frame) error {
		if n == 8 {
			return camera.ErrEnded
		}
		if late++; late%5 != 0 {
			return camera.ErrTimeout
		}
		return nil
	})
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestNobodyReads(t *testing.T) {
	l, _ := loop(t, full{}, func(uint32, *camera.Frame) error { return nil })
	if err := l.Run(); !errors.Is(err, ErrUnread) || !errors.Is(err, io.ErrClosedPipe) {
		t.Fatalf("%v, want ErrUnread", err)
	}
}

func TestNoAllocation(t *testing.T) {
	n := 0
	l, _ := loop(t, io.Discard, func(uint32, *camera.Frame) error { return nil })
	l.next = l.Beat
	l.Stop = func() bool { n++; return n%25 == 0 }
	if a := testing.AllocsPerRun(40, func() {
		if err := l.loop(); err != nil {
			t.Fatal(err)
		}
	}); a != 0 {
		t.Fatalf("%v allocations in 24 cycles and 2 tallies, want 0", a)
	}
}
