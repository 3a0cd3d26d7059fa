// Package camera holds the steps of a scenario about the camera and what it sees: frames that pass, frames that are
// spoilt, a cable that is pulled, and counts that are those of the same frames counted once more. It asks the bench
// only, never a machine. It is for the rig, outside the data path.
package camera

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"tellijn/tools/rig/bench"
)

// Steps gives the sentences of this package.
func Steps() []bench.Step {
	return []bench.Step{
		{Pattern: "{number} frames pass within {duration}", Doc: "waits until the eye has counted on so many more frames, or the film has ended",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return pass(ctx, s, a.Numbers[0], a.Durations[0])
			}},
		{Pattern: "the film ends within {duration}", Doc: "waits until the eye has counted on its last frame",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return pass(ctx, s, endless, a.Durations[0])
			}},
		{Pattern: "the next {number} frames are {word} within {duration}", Doc: "spoils them, and waits until the board has taken them: error (the camera says so), short, long, corrupt, resized (MJPEG that says another size), bright (the exposure of YUYV jumps)",
			Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				s.Mark = s.Rig.Console().Mark()
				s.Say("%s%d frames are %s", bench.Fault, a.Numbers[0], a.Texts[0])
				if err := s.Rig.Camera().Fault(a.Texts[0], a.Numbers[0]); err != nil {
					return "", err
				}
				return pass(ctx, s, a.Numbers[0], a.Durations[0])
			}},
		{Pattern: "the camera stalls for {duration}", Doc: "lets no frame come for so long, in whole seconds, and goes on at once",
			Do: func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
				s.Mark = s.Rig.Console().Mark()
				s.Say("%sthe camera stalls for %v", bench.Fault, a.Durations[0])
				return "", s.Rig.Camera().Fault("stall", int(a.Durations[0]/time.Second))
			}},
		{Pattern: "unplug the camera", Doc: "pulls its cable, between two frames",
			Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
				s.Mark = s.Rig.Console().Mark()
				s.Say("%sthe camera's cable is pulled", bench.Fault)
				if err := s.Rig.Camera().Fault("stall", 2); err != nil { // comes back when nothing is under way
					return "", err
				}
				return "", s.Rig.Camera().Cable(true)
			}},
		{Pattern: "plug the camera in", Doc: "puts its cable back",
			Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) {
				s.Mark = s.Rig.Console().Mark()
				s.Say("the camera's cable is put back")
				return "", s.Rig.Camera().Cable(false)
			}},
		{Pattern: "check no frame passes for {duration} more", Doc: "the board takes no frame for so long",
			Check: true, Do: func(ctx context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return still(ctx, s, a.Durations[0])
			}},
		{Pattern: "check the counts equal those of replay", Doc: "released, carried and open crossings of each line are exactly those of the same frames counted on this computer; the board has no power, and there was somebody",
			Check: true, Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) { return equal(s) }},
		{Pattern: "check nobody was counted", Doc: "as in replay, and there is nobody; the board has no power, and frames were counted on",
			Check: true, Do: func(_ context.Context, s *bench.Scene, _ bench.Args) (string, error) { return nobody(s) }},
		{Pattern: "check the truth is at most {number} off in each direction", Doc: "replay against people who were drawn, or are known to be on the clip",
			Check: true, Do: func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) { return truth(s, a.Numbers[0]) }},
		{Pattern: "check the memory of {word} grew by at most {number} KiB", Doc: "from the first to the last of the lines in which the first process says what each program takes; there are two at least",
			Check: true, Do: func(_ context.Context, s *bench.Scene, a bench.Args) (string, error) {
				return grew(s, a.Texts[0], a.Numbers[0])
			}},
	}
}

const (
	// endless is more frames than any film has.
	endless = 1 << 30
	// stride is how many frames lie between two points of the curve.
	stride = 200
)

// pass waits for frames, and draws how many were taken.
func pass(ctx context.Context, s *bench.Scene, n int, d time.Duration) (string, error) {
	ctx, stop := context.WithTimeout(ctx, d)
	defer stop()
	before, began := s.Rig.Camera().Played(), time.Now()
	s.Point("frames", float64(before))
	var err error
	for left, part := n, 0; left > 0 && err == nil; left -= part {
		if part = left; n != endless {
			part = min(left, stride)
		}
		err = s.Rig.Camera().Await(ctx, part)
		s.Point("frames", float64(s.Rig.Camera().Played()))
	}
	after := s.Rig.Camera().Played()
	saw := fmt.Sprintf("%d frames in %.1f s, %d in all", after-before, time.Since(began).Seconds(), after)
	if err == nil && after == before {
		err = errors.New("camera: the film had ended before")
	}
	return saw, err
}

// still looks that nothing is taken.
func still(ctx context.Context, s *bench.Scene, d time.Duration) (string, error) {
	before := s.Rig.Camera().Played()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(d):
	}
	if n := s.Rig.Camera().Played() - before; n > 0 {
		return fmt.Sprintf("%d frames", n), fmt.Errorf("camera: %d frames passed, want none", n)
	}
	return fmt.Sprintf("none, after %d before", before), nil
}

// taken gives what a program takes by one line; ok is false where it says nothing of that program.
func taken(line, program string) (kib int, ok bool) {
	m := regexp.MustCompile(`memory: .*\b` + regexp.QuoteMeta(program) + ` (\d+)\b`).FindStringSubmatch(line)
	if m == nil {
		return 0, false
	}
	kib, err := strconv.Atoi(m[1])
	return kib, err == nil
}

// grew looks at how the memory of one program grew.
func grew(s *bench.Scene, program string, most int) (string, error) {
	var all []int
	for _, line := range s.Rig.Console().Lines(0) {
		if kib, ok := taken(line, program); ok {
			all = append(all, kib)
		}
	}
	saw := fmt.Sprintf("%v KiB", all)
	switch {
	case len(all) < 2:
		return saw, fmt.Errorf("camera: the memory of %q was told %d times, want 2 at least", program, len(all))
	case all[len(all)-1]-all[0] > most:
		return saw, fmt.Errorf("camera: the memory of %q grew by %d KiB, want at most %d", program, all[len(all)-1]-all[0], most)
	}
	return saw, nil
}
