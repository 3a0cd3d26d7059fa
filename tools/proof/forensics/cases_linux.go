package forensics

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// Kept is what a device has on its disk: how much, and what of it others than its owner may open.
type Kept struct {
	Files, Folders int
	Missing        []string // files that there should be
	Open           []string // what others may read, write or enter
}

// expected are the files of a device that sends: keys, release state and counts of the open interval; the
// queue; the certificate and its key.
func expected() []string {
	return []string{"warden/ledger.db", "courier/queue.db", "courier/device.key", "courier/device.pem", "courier/ca.pem"}
}

// kept looks at the folder of a device.
func kept(dir string) (k Kept, err error) {
	k.Missing = expected()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); d.IsDir() {
			k.Folders++
		} else if k.Files++; info.Size() > 0 {
			k.Missing = slices.DeleteFunc(k.Missing, func(m string) bool { return m == name })
		}
		if mode := info.Mode(); mode.Perm()&0o077 != 0 || mode&(fs.ModeSymlink|fs.ModeSetuid|fs.ModeSetgid) != 0 {
			k.Open = append(k.Open, fmt.Sprintf("%s (%v)", name, mode))
		}
		return nil
	})
	return k, err
}

// closed tells whether all that should be there is, and nobody else gets at any of it.
func (k *Kept) closed() bool { return len(k.Missing)+len(k.Open) == 0 && k.Files >= len(expected()) }

// control opens a file to all and tells whether that is seen.
func (k *Kept) control(dir string) (seen bool, err error) {
	name := filepath.Join(dir, "warden", "ledger.db")
	if err := os.Chmod(name, 0o644); err != nil {
		return false, err
	}
	defer os.Chmod(name, 0o600)
	other, err := kept(dir)
	return len(other.Open) == len(k.Open)+1, err
}

// String is the figure.
func (k *Kept) String() string {
	text := fmt.Sprintf("%d of %d files and %d folders are open to others", len(k.Open), k.Files, k.Folders)
	if all := slices.Concat(k.Open, k.Missing); len(all) > 0 {
		text += "; open or missing: " + strings.Join(all, ", ")
	}
	return text
}
