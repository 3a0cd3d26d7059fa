package cameratest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera"
)

var grey = camera.Format{Pixel: camera.GREY, Width: 16, Height: 8, Stride: 16, Interval: 100 * time.Millisecond}

func payload(fill byte) []byte {
	b := make([]byte, 16*8+5) // five bytes more than needed: the buffer has slack on most frames
	for i := range b {
		b[i] = fill
	}
	return b
}

func film(n int) []Step {
	steps := make([]Step, n)
	for i := range steps {
		steps[i].Data = payload(byte(i + 1))
		if i%2 == 0 {
			steps[i].Data = steps[i].Data[:16*8]
		}
	}
	return steps
}

func TestPlaybackConforms(t *testing.T) {
	Conformance(t, func() camera.Source { return NewPlayback(grey, film(30)...) })
	faulty := film(40)
	faulty[3].Lost, faulty[5].Damaged, faulty[7].Data = 4, true, []byte{1}
	faulty[9].Err = camera.ErrTimeout
	Conformance(t, func() camera.Source { return NewPlayback(grey, faulty...) })
}

func TestPlaybackFaults(t *testing.T) {
	p := NewPlayback(grey,
		Step{Data: payload(1)},
		Step{Data: payload(2), Lost: 3},
		Step{Data: []byte{9}},
		Step{Data: payload(3), Damaged: true},
		Step{Err: camera.ErrTimeout},
		Step{Data: payload(4)},
		Step{Err: fmt.Errorf("%w: cable pulled", camera.ErrGone)},
		Step{Data: payload(5)})
	var f camera.Frame
	want := []struct {
		seq     uint32
		damaged bool
		err     error
	}{{0, false, nil}, {4, false, nil}, {5, true, nil}, {6, true, nil}, {0, false, camera.ErrTimeout},
		{7, false, nil}, {0, false, camera.ErrGone}, {0, false, camera.ErrGone}}
	for i, w := range want {
		err := p.Borrow(&f)
		if !errors.Is(err, w.err) || err == nil && (f.Sequence != w.seq || f.Damaged != w.damaged) {
			t.Fatalf("step %d: got %+v, %v, want %+v (%v)", i, f, err, w, p)
		}
		if err == nil {
			if _, err := p.Return(&f); err != nil {
				t.Fatal(err)
			}
		}
	}
	if p.Borrows != 5 || p.Returns != 5 {
		t.Errorf("counted %d borrows and %d returns, want 5 and 5", p.Borrows, p.Returns)
	}
}

// wrong is a playback with one fault, which the suite must see.
type wrong struct {
	*Playback
	fault   string
	frames  int
	sink    []byte
	held    []byte
	keep    []byte
	own     []byte
	ended   bool
	isShut  bool
	lastSeq uint32
}

func (w *wrong) Format() camera.Format {
	f := w.Playback.Format()
	if w.fault == "format" && w.frames > 0 {
		f.Width++
	}
	if w.fault == "interval" {
		f.Interval = 0
	}
	return f
}

func (w *wrong) Borrow(f *camera.Frame) error {
	err := w.Playback.Borrow(f)
	if err != nil {
		switch {
		case w.fault == "double" && errors.Is(err, camera.ErrLoan):
			return nil
		case w.fault == "end" && errors.Is(err, camera.ErrEnded):
			if w.ended {
				return errors.New("something else")
			}
			w.ended = true
		case w.fault == "open" && errors.Is(err, camera.ErrClosed):
			return nil
		}
		return err
	}
	w.frames++
	if w.fault == "leaves" { // a frame in memory that nobody wipes or gives back
		w.own = append(w.own[:0], f.Data...)
		f.Data = w.own
	}
	w.held = f.Data[:cap(f.Data)]
	switch w.fault {
	case "back":
		f.Sequence = 1000 - f.Sequence
	case "stuck":
		f.Sequence = 7
	case "clock":
		f.Borrowed = -f.Borrowed
	case "short":
		f.Data, f.Damaged = f.Data[:3], false
	case "allocates":
		w.sink = make([]byte, 64)
	case "black":
		clear(f.Data)
	}
	return nil
}

func (w *wrong) Return(f *camera.Frame) (time.Duration, error) {
	if w.held == nil && w.fault == "unlent" {
		return 0, nil
	}
	data, length := f.Data, len(f.Data)
	w.keep = append(w.keep[:0], w.held...) // grows once only
	d, err := w.Playback.Return(f)
	if err != nil {
		if w.fault == "dangling" {
			f.Data = data
		}
		return d, err
	}
	switch w.fault {
	case "unwiped":
		copy(w.held, w.keep)
	case "slack": // wipes only the payload
		copy(w.held[length:], w.keep[length:])
	case "struct":
		f.Sequence = 3
	case "life":
		return -1, nil
	}
	return d, err
}

func (w *wrong) Close() error {
	err := w.Playback.Close()
	w.held = nil // it is gone
	if w.fault == "twice" && w.isShut {
		return errors.New("closed already")
	}
	w.isShut = true
	return err
}

// catcher takes the failures of the suite instead of the running test.
type catcher struct {
	testing.TB
	said []string
}

func (c *catcher) Helper()                   {}
func (c *catcher) Error(a ...any)            { c.said = append(c.said, fmt.Sprint(a...)) }
func (c *catcher) Errorf(f string, a ...any) { c.said = append(c.said, fmt.Sprintf(f, a...)) }

func TestTheSuiteCanFail(t *testing.T) {
	for fault, want := range map[string]string{
		"format": "format changed", "interval": "frame interval", "double": "second Borrow", "end": "after the end",
		"open": "Borrow after Close", "back": "sequence went", "stuck": "sequence went", "clock": "went back from",
		"short": "too few", "allocates": "allocations", "black": "only zeros", "unlent": "before any Borrow",
		"dangling": "pointing at the buffer", "unwiped": "still held something", "slack": "still held something",
		"struct": "did not clear", "life": "lived", "leaves": "unwiped", "twice": "Close, call 2",
	} {
		c := &catcher{TB: t}
		Conformance(c, func() camera.Source { return &wrong{Playback: NewPlayback(grey, film(30)...), fault: fault} })
		if all := strings.Join(c.said, "\n"); !strings.Contains(all, want) {
			t.Errorf("fault %q: the suite said %q, want something with %q", fault, all, want)
		}
	}
	c := &catcher{TB: t}
	Conformance(c, func() camera.Source { return &wrong{Playback: NewPlayback(grey, film(30)...), fault: "none"} })
	if len(c.said) > 0 {
		t.Errorf("the wrapper without a fault failed: %q", c.said)
	}
	c = &catcher{TB: t}
	Conformance(c, func() camera.Source { return NewPlayback(grey, film(5)...) })
	if !strings.Contains(strings.Join(c.said, "\n"), "needs 24") {
		t.Errorf("five frames were enough for the suite: %q", c.said)
	}
	c = &catcher{TB: t}
	Conformance(c, func() camera.Source { return &wrong{Playback: NewPlayback(grey, film(30)...), fault: "unwiped"} }, Mapped)
	if !strings.Contains(strings.Join(c.said, "\n"), "still held something") {
		t.Errorf("with Mapped, an unwiped buffer passed: %q", c.said)
	}
}
