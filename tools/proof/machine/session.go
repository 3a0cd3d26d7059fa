package machine

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/privacy/privacytest/canary"
	"tellijn/tools/proof/bench"
	"tellijn/tools/rig/forensics/pieces"
	"tellijn/tools/rig/vm"
)

// pool is how many different frames the camera plays, one after the other and again.
const pool = 32

// frameBytes is one frame of 320x240 YUYV.
const frameBytes = 320 * 240 * 2

// patience bounds each answer of the guest, limit the whole life of the machine.
const (
	patience = 2 * time.Minute
	limit    = 8 * time.Minute
)

// found is what a search found, and the number of the frame that the camera began last.
type found struct {
	pieces.Found
	last int
}

// older is how many windows in rows are of other frames than the newest there is, and how many frames
// before the last one of the camera the oldest is.
func (f found) older() (windows, age int) {
	return f.Older(func(number int) int { return (f.last - number + pool) % pool })
}

// session is one booted machine.
type session struct {
	b       *bench.Bench
	m       *vm.Machine
	cam     *usbcam.Camera
	set     *canary.Set
	control bool   // the planted frame was found
	memory  int    // searches so far
	worst   found  // after an end: the one with the most words
	rows    int    // windows in rows after all ends
	ends    int    // searches that must find nothing
	wrong   string // an end that was not as it should be
}

// boot builds what the guest needs and boots it. What the machine lacks is an error that wraps
// hal.ErrAbsent.
func boot(ctx context.Context, b *bench.Bench, h Hostile) (*session, error) {
	b.Say("machine: booting an arm64 kernel")
	k, err := vm.FindKernel(b.Root)
	if err != nil {
		return nil, err
	}
	files, err := k.Modules("uvcvideo", "xhci_pci")
	if err != nil {
		return nil, err
	}
	programs := [][3]string{{"init", "tools/rig/guest", ""}, {"eye", "firmware/eye", ""}}
	if h.Folder != "" {
		programs = append(programs, [3]string{"hostile", h.Folder, h.Tags})
	}
	for _, p := range programs {
		path, err := b.Program(ctx, p[1], "arm64", p[2])
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, vm.File{Name: p[0], Data: data, Mode: 0o755})
	}
	s := &session{b: b}
	if err := s.canaries(); err != nil {
		return nil, err
	}
	if s.m, err = vm.Boot(ctx, vm.Options{Kernel: k, Files: files, Camera: s.cam, Limit: limit}); err != nil {
		return nil, err
	}
	if _, err := s.await("ready"); err != nil {
		s.m.End()
		return nil, err
	}
	return s, nil
}

// canaries makes frames that nobody has seen before, and a camera that plays them.
func (s *session) canaries() error {
	var seed canary.Seed
	if _, err := rand.Read(seed[:]); err != nil {
		return err
	}
	f := camera.Format{Pixel: camera.YUYV, Width: 320, Height: 240, Stride: 640, Interval: time.Second / 30}
	frames, set, err := canary.New(f, pool, seed)
	if err != nil {
		return err
	}
	s.set = set
	s.cam = &usbcam.Camera{Pace: time.Second / 30, Fill: func(n uint32, pixels []byte) {
		copy(pixels, frames[n%pool].Data)
	}}
	return nil
}

// await waits for an answer of the guest, which follows the word GUEST.
func (s *session) await(what string) (string, error) {
	answer, err := s.m.Await("GUEST ", patience, nil)
	if err != nil {
		return "", fmt.Errorf("machine: %s: %w", what, err)
	}
	if strings.HasPrefix(answer, "failed: ") {
		return "", fmt.Errorf("machine: %s: the guest %s", what, answer)
	}
	return answer, nil
}

// tell gives the guest an order and waits for the answer.
func (s *session) tell(order string) (string, error) {
	s.b.Say("machine: " + order)
	if err := s.m.Tell(order); err != nil {
		return "", err
	}
	return s.await(order)
}

// search lets the machine stand still, copies its memory, and searches the copy while it runs on.
func (s *session) search() (found, error) {
	s.memory++
	path := filepath.Join(s.b.Dir, fmt.Sprintf("memory-%d", s.memory))
	defer os.Remove(path)
	if err := s.m.Stop(); err != nil {
		return found{}, err
	}
	last := s.cam.Frames() + pool - 1
	if err := s.m.Memory(path); err != nil {
		return found{}, err
	}
	if err := s.m.Cont(); err != nil {
		return found{}, err
	}
	in, err := os.Open(path)
	if err != nil {
		return found{}, err
	}
	defer in.Close()
	f, err := pieces.Search(in, s.set)
	if err == nil && f.Bytes != s.m.Size() {
		err = fmt.Errorf("machine: %d bytes of %d were searched", f.Bytes, s.m.Size())
	}
	return found{f, int(last % pool)}, err
}
