package forensics

import (
	"context"
	"fmt"
	"strings"

	"tellijn/hal/camera"
	"tellijn/privacy/privacytest/search"
	"tellijn/tools/proof/attacks"
	"tellijn/tools/proof/bench"
)

// Tally sums up searches.
type Tally struct {
	Searches, Hits int
	Bytes          int64
	Unreadable     int64 // of the last search: secret memory
	Windows        int   // that were looked for
	Control        int   // hits of the control, which keeps one frame
	Wanted         int   // windows of that frame
	Where          []string
}

// add notes one search.
func (t *Tally) add(f search.Found) {
	t.Searches++
	t.Hits += f.Hits
	t.Bytes += f.Bytes
	t.Unreadable = f.Unreadable
	for _, p := range f.Places {
		if p.Hits > 0 {
			t.Where = append(t.Where, fmt.Sprintf("%s: %d", p.Name, p.Hits))
		}
	}
}

// clean tells whether nothing was found where nothing may be, and all of it where it was kept.
func (t *Tally) clean() bool {
	return t.Searches > 0 && t.Hits == 0 && t.Windows > 0 && t.Control >= t.Wanted*9/10 && t.Wanted > 0
}

// String is the figure.
func (t *Tally) String() string {
	s := fmt.Sprintf("%d of %d windows found in %d searches of %d MB; control: %d of %d of a frame that was kept",
		t.Hits, t.Windows, t.Searches, t.Bytes>>20, t.Control, t.Wanted)
	if t.Unreadable > 0 {
		s += fmt.Sprintf("; %d KB nobody can read", t.Unreadable>>10)
	}
	if len(t.Where) > 0 {
		s += "; at " + strings.Join(t.Where[:min(len(t.Where), 6)], ", ")
	}
	return s
}

// formats are those that cameras give, in the size of a real door.
func formats() []camera.Format {
	const w, h = 640, 480
	return []camera.Format{
		{Pixel: camera.YUYV, Width: w, Height: h, Stride: 2 * w, Interval: tick},
		{Pixel: camera.GREY, Width: w, Height: h, Stride: w, Interval: tick},
		{Pixel: camera.NV12, Width: w, Height: h, Stride: w, Interval: tick},
		{Pixel: camera.MJPEG, Width: w, Height: h, Interval: tick},
	}
}

// AfterEachCycle feeds frames of a format one by one and searches after each. With readable, all memory
// can be searched, since none is secret.
func AfterEachCycle(ctx context.Context, b *bench.Bench, f camera.Format, cycles int, readable bool) (Tally, error) {
	var t Tally
	eye, err := b.Program(ctx, "firmware/eye", "", "sim")
	if err != nil {
		return t, err
	}
	s, err := begin(eye, nil, f, min(cycles, 8), readable)
	if err != nil {
		return t, err
	}
	defer s.eye.Kill()
	t.Windows = s.set.Windows()
	for range cycles {
		if err := s.cycle(&t); err != nil {
			return t, err
		}
	}
	return t, t.control(ctx, b, f, readable)
}

// cycle feeds one frame and searches once the eye waits for the next.
func (s *session) cycle(t *Tally) error {
	if err := s.feed(); err != nil {
		return err
	}
	if err := s.idle(); err != nil {
		return err
	}
	found, err := s.look()
	t.add(found)
	return err
}

// control does the same with an eye that keeps its second frame.
func (t *Tally) control(ctx context.Context, b *bench.Bench, f camera.Format, readable bool) error {
	eye, err := b.Program(ctx, attacks.Hostile, "", attacks.Tags)
	if err != nil {
		return err
	}
	s, err := begin(eye, []string{"keep"}, f, 3, readable)
	if err != nil {
		return err
	}
	defer s.eye.Kill()
	for range 3 {
		if err := s.feed(); err != nil {
			return err
		}
	}
	if err := s.idle(); err != nil {
		return err
	}
	kept := s.frames[1]
	if t.Wanted = len(kept.Data) - kept.Head - kept.Tail - 7; f.Pixel != camera.MJPEG {
		t.Wanted = f.LumaSize() - 7 // the rest of a planar frame is not handed over
	}
	found, err := s.look()
	t.Control = found.Hits
	return err
}

// UnderGarbage feeds many frames while garbage is made and collected, and searches every so often and at
// the end.
func UnderGarbage(ctx context.Context, b *bench.Bench, cycles int) (Tally, error) {
	var t Tally
	f := camera.Format{Pixel: camera.YUYV, Width: 320, Height: 240, Stride: 640, Interval: tick}
	eye, err := b.Program(ctx, attacks.Hostile, "", attacks.Tags)
	if err != nil {
		return t, err
	}
	s, err := begin(eye, []string{"garbage"}, f, 8, true)
	if err != nil {
		return t, err
	}
	defer s.eye.Kill()
	t.Windows = s.set.Windows()
	for i := range cycles - 1 {
		if i%(cycles/10) == 0 {
			err = s.cycle(&t)
		} else {
			err = s.feed()
		}
		if err != nil {
			return t, err
		}
	}
	if err := s.cycle(&t); err != nil {
		return t, err
	}
	return t, t.control(ctx, b, f, true)
}
