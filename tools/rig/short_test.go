package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report"
)

// TestShort runs the short set as everybody would, and leaves its report in out/rig/short. TELLIJN_IMAGES is a folder
// with images that were made before, named BOARD.img.
func TestShort(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("the short set boots boards for some minutes; run without -short")
	case raceDetector:
		t.Skip("the boards have no race detector, and this computer is slow enough; run without -race")
	case os.Geteuid() != 0:
		t.Skip("only root mounts a card, to read what was booked")
	}
	for _, program := range []string{"qemu-system-aarch64", "go", "mount", "e2fsck"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no %s here", program)
		}
	}
	args := []string{"-out", filepath.Join("out", "rig", "short")}
	for _, board := range []string{"virt", "rpi-zero-2w"} {
		if dir := os.Getenv("TELLIJN_IMAGES"); dir != "" {
			args = append(args, "-image", board+"="+filepath.Join(dir, board+".img"))
		}
	}
	t.Chdir("../..")
	ctx := t.Context()
	if end, ok := t.Deadline(); ok { // so that what there is can still be written
		var stop context.CancelFunc
		ctx, stop = context.WithDeadline(ctx, end.Add(-45*time.Second))
		defer stop()
	}
	log := &lines{t: t}
	began := time.Now()
	verdict, err := run(ctx, append(args, "short"), log, log)
	t.Logf("the short set took %v", time.Since(began).Round(time.Second))
	if verdict == play.Green && err == nil {
		return
	}
	r, read := report.Read(filepath.Join("out", "rig", "short", report.Whole))
	for _, one := range r.Results {
		if one.Verdict != play.Green && !one.Absent {
			read = errors.Join(read, errors.New(one.Scenario.Name+" is "+string(one.Verdict)))
		}
	}
	if verdict == play.CouldNot && read == nil && err == nil && ctx.Err() == nil {
		t.Skip("something is missing on this computer; see above")
	}
	t.Errorf("the short set: %v, %v, %v", verdict, err, read)
}

// lines hands whole lines to a test.
type lines struct {
	t    *testing.T
	part []byte
}

func (l *lines) Write(b []byte) (int, error) {
	for _, c := range b {
		if c == '\n' {
			l.t.Log(string(l.part))
			l.part = nil
			continue
		}
		l.part = append(l.part, c)
	}
	return len(b), nil
}
