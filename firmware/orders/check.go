package orders

import (
	"fmt"
	"strings"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// Check tells the first thing that is wrong with the orders, with a hint.
func (o *Orders) Check() error {
	pretend := o.Board == Simulated || o.Board == Virtual
	if o.Board != Real && !pretend {
		return fmt.Errorf("%w: board kind %d, want 1 (real), 2 (simulated) or 3 (virtual)", ErrInvalid, o.Board)
	}
	if o.Driver < V4L2 || o.Driver > Feed {
		return fmt.Errorf("%w: camera driver %d, want 1 (v4l2), 2 (sim) or 3 (clip)", ErrInvalid, o.Driver)
	}
	if o.Driver != V4L2 && !pretend {
		return fmt.Errorf("%w: camera driver %s on a real board, which counts people and so takes only v4l2",
			ErrInvalid, o.Driver)
	}
	if o.Speed < 1 || o.Speed > MaxSpeed || o.Speed > 1 && !pretend {
		return fmt.Errorf("%w: speed %d, want 1, or up to %d on a simulated or virtual board",
			ErrInvalid, o.Speed, MaxSpeed)
	}
	if o.Beat < MinBeat || o.Beat > MaxBeat || o.Beat%time.Millisecond != 0 {
		return fmt.Errorf("%w: beat %v, want %v to %v in whole milliseconds", ErrInvalid, o.Beat, MinBeat, MaxBeat)
	}
	if err := o.checkDevice(); err != nil {
		return err
	}
	if err := o.Wanted.check(); err != nil {
		return err
	}
	if o.Driver != Sim && o.Sim != (Scripted{}) {
		return fmt.Errorf("%w: a play for camera driver %s, which shows what it sees", ErrInvalid, o.Driver)
	}
	if o.Sim.Play > lastPlay {
		return fmt.Errorf("%w: play %d, want 0 to %d", ErrInvalid, o.Sim.Play, lastPlay)
	}
	if o.Sim.Seconds > MaxSeconds {
		return fmt.Errorf("%w: a play of %d seconds, at most %d", ErrInvalid, o.Sim.Seconds, MaxSeconds)
	}
	if err := o.Scene.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return checkUnused(&o.Scene)
}

func (o *Orders) checkDevice() error {
	if o.Driver != V4L2 {
		if o.Device != "" {
			return fmt.Errorf("%w: device %q for camera driver %s, which has none", ErrInvalid, o.Device, o.Driver)
		}
		return nil
	}
	if !strings.HasPrefix(o.Device, "/dev/") || len(o.Device) > MaxPath || strings.Contains(o.Device, "..") {
		return fmt.Errorf("%w: device %q, want a path below /dev/ of at most %d bytes, such as /dev/video0",
			ErrInvalid, o.Device, MaxPath)
	}
	for _, c := range []byte(o.Device) {
		if c <= ' ' || c > '~' {
			return fmt.Errorf("%w: device %q, want printable ASCII without blanks", ErrInvalid, o.Device)
		}
	}
	return nil
}

func (w *Wanted) check() error {
	if w.Interval%time.Microsecond != 0 {
		return fmt.Errorf("%w: frame interval %v, want whole microseconds", ErrInvalid, w.Interval)
	}
	f := camera.Format{Pixel: w.Pixel, Width: int(w.Width), Height: int(w.Height), Interval: w.Interval}
	if f.Pixel == 0 {
		f.Pixel = camera.GREY
	}
	f.Stride = 2 * f.Width // orders leave the stride to the camera
	if err := f.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// checkUnused refuses numbers behind the last line, zone and corner: orders have one spelling.
func checkUnused(s *scene.Scene) error {
	for i := s.NLines; i < len(s.Lines); i++ {
		if s.Lines[i] != (scene.Line{}) {
			return fmt.Errorf("%w: line %d is set but only %d are in use", ErrInvalid, i, s.NLines)
		}
	}
	for i := range s.Zones {
		z := &s.Zones[i]
		if i >= s.NZones && *z != (scene.Zone{}) {
			return fmt.Errorf("%w: zone %d is set but only %d are in use", ErrInvalid, i, s.NZones)
		}
		for k := z.N; k < len(z.Corners); k++ {
			if z.Corners[k] != (scene.Point{}) {
				return fmt.Errorf("%w: zone %d corner %d is set but only %d are in use", ErrInvalid, i, k, z.N)
			}
		}
	}
	return nil
}
