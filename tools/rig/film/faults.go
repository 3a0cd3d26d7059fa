package film

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"tellijn/hal/camera"
	"tellijn/tools/rig/bench"
)

// faults are those of the next frames.
type faults struct {
	kinds []string
	until time.Time // no frame is sent before
}

// next takes the fault of the next frame.
func (q *faults) next() string {
	if len(q.kinds) == 0 {
		return ""
	}
	kind := q.kinds[0]
	q.kinds = q.kinds[1:]
	return kind
}

// Fault spoils the next n frames that the eye counts on: "error" (the camera itself says so), "short" (half is
// missing), "long" (more comes than was agreed), "corrupt" (noise in the middle), "resized" (an MJPEG frame says another
// size than was agreed), "bright" (the exposure of YUYV jumps up for so long); "stall" lets nothing come for n seconds.
func (f *Film) Fault(kind string, n int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case n < 1 || n > 1000:
		return fmt.Errorf("film: fault of %d frames, want 1 to 1000", n)
	case kind == "stall":
		f.faults.until = time.Now().Add(time.Duration(n) * time.Second)
		f.o.Say(fmt.Sprintf("the camera stalls for %d s", n))
		f.mu.Unlock()
		defer f.mu.Lock()
		ctx, stop := context.WithTimeout(context.Background(), 2*patience)
		defer stop()
		return f.wait(ctx, func() bool { return !f.state.begun && !f.state.waits })
	case !slices.Contains([]string{"error", "short", "long", "corrupt", "resized", "bright"}, kind):
		return fmt.Errorf("film: fault %q, want error, short, long, corrupt, resized, stall or bright", kind)
	case kind == "bright" && f.Format().Pixel == camera.MJPEG, kind == "resized" && f.Format().Pixel != camera.MJPEG:
		return fmt.Errorf("film: no %s frames of %s: %w", kind, f.Format().Pixel, bench.ErrCannot)
	}
	f.o.Say(fmt.Sprintf("the next %d frames are spoilt: %s", n, kind))
	f.faults.kinds = append(f.faults.kinds, slices.Repeat([]string{kind}, n)...)
	return nil
}

// Spoilt is how many frames with a fault the board took.
func (f *Film) Spoilt() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.lives {
		for _, r := range l.runs {
			if r.fault != "" && r.fault != lost {
				n += r.frames
			}
		}
	}
	return n
}

// spoil gives the bytes of a frame with a fault that is in them; the others are made by the camera.
func spoil(data []byte, fault string) []byte {
	switch fault {
	case "corrupt": // the same noise each time, as if a bus had a bad moment
		data = bytes.Clone(data)
		noise := uint32(1)
		for i := len(data) / 3; i < len(data)*2/3; i++ {
			noise = noise*1664525 + 1013904223
			data[i] ^= byte(noise >> 24)
		}
	case "resized": // half as high, behind the marker of a frame: its length, precision, then the height (ITU-T T.81, B.2.2)
		data = bytes.Clone(data)
		if at := bytes.Index(data, []byte{0xFF, 0xC0}); at >= 0 && at+6 < len(data) {
			binary.BigEndian.PutUint16(data[at+5:], binary.BigEndian.Uint16(data[at+5:])/2)
		}
	case "bright":
		data = bytes.Clone(data)
		for i := 0; i < len(data); i += 2 {
			data[i] = byte(min(int(data[i])*3/2, 235))
		}
	}
	return data
}

// usable gives the bytes that the eye gets of a frame, nil if its driver passes over it.
func usable(data []byte, fault string, m camera.Format) []byte {
	switch {
	case fault == "error" || fault == "long" || fault == "short" && m.Pixel != camera.MJPEG:
		return nil
	case fault == "short":
		return data[:len(data)/2]
	}
	return spoil(data, fault)
}
