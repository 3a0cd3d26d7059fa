package drops

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // there is none in the guest

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/inside"
)

const (
	// frames that the guest takes after the camera has settled.
	frames = 300
	// Now and then the guest's processors have something else to do for longer than the driver has buffers for.
	often, long = 30, 250 * time.Millisecond
)

// told is how the guest says what it saw: frames taken, frames that the sequence shows to be missing, crossings.
const told = "GUEST frames %d missing %d crossed %d"

// The test program is also the first and only process of the virtual machine.
func TestMain(m *testing.M) { guesttest.Do(m, take) }

// take counts on frames as the eye does, and is slow now and then.
func take() error {
	path := ""
	for began := time.Now(); path == ""; time.Sleep(100 * time.Millisecond) {
		if path = inside.Camera(usbcam.Name, 0); time.Since(began) > time.Minute {
			return fmt.Errorf("no camera came up")
		}
	}
	b, err := boards.Lookup("rpi-zero-2w")
	if err != nil {
		return err
	}
	s, err := v4l2.Open(path, v4l2.Options{Width: 320, Height: 240, Interval: time.Second / 30, Timeout: 10 * time.Second})
	if err != nil {
		return err
	}
	defer s.Close()
	p, err := pipeline.New(&b.Scene, s.Format())
	if err != nil {
		return err
	}
	taken, missing, crossed, last := 0, uint32(0), 0, uint32(0)
	for ; taken < frames; taken++ {
		var f camera.Frame
		if err := s.Borrow(&f); err != nil {
			return err
		}
		sequence := f.Sequence
		if err := p.Reduce(&f); err != nil {
			return err
		}
		if _, err := s.Return(&f); err != nil {
			return err
		}
		crossed += len(p.Count(sequence))
		for began := time.Now(); taken%often == 0 && time.Since(began) < long; {
		}
		if taken > 0 {
			missing += sequence - last - 1
		}
		last = sequence
	}
	fmt.Printf(told+"\n", taken, missing, crossed)
	return nil
}
