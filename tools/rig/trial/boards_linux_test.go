package trial_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tellijn/boards/recipe"
	"tellijn/tools/rig/boot"
	"tellijn/tools/rig/segment/scan"
	"tellijn/tools/rig/trial"
)

// TestBoots boots images of real boards. The first is part of every run; tools/rig/scenarios boots the boards virt and
// rpi-zero-2w, and everything that may be in trouble.
func TestBoots(t *testing.T) {
	need(t, false)
	image := made()
	t.Run("rpi-3b", func(t *testing.T) { chip(t, image(t, "rpi-3b")) })
	for _, board := range boot.Known() {
		if board != "virt" && board != "rpi-zero-2w" {
			t.Run(board+" on virt", func(t *testing.T) {
				need(t, true)
				counts(t, image(t, board))
			})
		}
	}
}

func far(counted int, drawn uint32) bool { return max(counted-int(drawn), int(drawn)-counted) > 3 }

// closed asks every TCP port whether it opens. tools/rig/segment has the control: there the same
// scan finds the two that somebody opened.
func closed(t *testing.T, s *trial.Trial) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Minute)
	defer stop()
	tcp, err := scan.TCP(ctx, s.Segment, scan.All())
	if err != nil || len(tcp.Open) > 0 || tcp.Closed < 1<<16-100 {
		t.Errorf("TCP: %v, %v, want none open", tcp, err)
	}
	t.Logf("TCP: %v", tcp)
}

// oneWay is a seed by which more people come in than go out: 11 to 13 more from the 50th to the 80th second.
const oneWay = 261

// counts boots the image of a real board in a virt: a USB camera in front of which people walk, its switch and
// its lamp.
func counts(t *testing.T, image string) {
	end := monday().Truncate(15 * time.Minute).Add(15 * time.Minute)
	s := open(t, image, trial.Options{Seed: oneWay, Now: end.Add(-90 * time.Second)})
	wait(t, s, 0, `Loaded +camera: v4l2, 320x240 YUYV`)
	if now, _ := s.Bench.Powered(); !now {
		t.Error("it counts, and the camera has no power")
	}
	time.Sleep(end.Sub(s.Now()))
	forward, backward, frames := s.Door.Passed(0)
	r := records(t, s, 1)[0]
	if r.To != end.Unix() {
		t.Errorf("the record ends at %v, want %v", time.Unix(r.To, 0).UTC(), end)
	}
	if r.Simulated || r.Device != trial.Name || r.Coverage < 20 || r.Camera.Driver != "v4l2" || r.Camera.Width != 320 || r.Clock != 2 {
		t.Errorf("record: %+v", r)
	}
	if err := s.Door.Err(); err != nil {
		t.Error(err)
	}
	for _, w := range s.Machine.Start.Warnings {
		t.Logf("WARNING: %s", w)
	}
	closed(t, s)
	accounted(t, s)
	off(t, s)
	// The first interval of a boot is not whole, so nothing of it has left yet.
	if in, out, ok := exact(t, s); ok {
		said := r.Lines[0]
		in, out = in+int(said.TotalForward), out+int(said.TotalBackward)
		t.Logf("drawn until the end of the record: %d in, %d out, in %d frames; counted: %d in, %d out", forward, backward, frames, in, out)
		if far(in, forward) || far(out, backward) {
			t.Errorf("counted %d in and %d out, want %d and %d, or 3 off", in, out, forward, backward)
		}
	}
	if f := s.Figures(); f.Drawn == 0 || f.KiB > s.Device.Board.Memory<<10 || f.Sockets > 0 {
		t.Errorf("figures: %+v", f)
	}
	lit := ""
	for _, c := range s.Bench.Changes() {
		if c.Part == "camera_power" {
			lit += fmt.Sprint(c.High, " ")
		}
	}
	// An eye that was too slow for a busy computer is ended and its camera switched off and on.
	if again, _ := s.Console.Find(`camera: the eye`); !strings.HasPrefix(lit, "true ") || !strings.HasSuffix(lit, "false ") || again == "" && lit != "true false " {
		t.Errorf("power of the camera: %s, want it on once and off once", lit)
	}
}

// chip boots the image of the Raspberry Pi 3 in the machine with its chip, at least to its first program, which
// finds card, data and configuration there.
func chip(t *testing.T, image string) {
	b, err := recipe.Lookup("rpi-3b")
	if err != nil || b.Emulated != "raspi3b" {
		t.Fatalf("%+v, %v", b, err)
	}
	s := open(t, image, trial.Options{Boot: boot.Options{Emulated: b.Emulated}})
	wait(t, s, 0, `first: starts as board "rpi-3b"`)
	wait(t, s, 0, `first: Loaded +card: mmcblk`)
	wait(t, s, 0, `first: Loaded +data`)
	wait(t, s, 0, `first: Loaded +configuration: device `+trial.Name)
	wait(t, s, 0, `scout: Loaded +time: told by the network`)
	if os.Getenv(allBoots) == "all" {
		line, err := s.Console.Await(t.Context(), 0, `Loaded +camera: v4l2`, 3*time.Minute)
		t.Logf("camera: %s %v", line, err)
	}
	if f := s.Figures(); f.Slot > 32<<20 {
		t.Errorf("the slot has %d bytes", f.Slot)
	}
	t.Logf("\n%s", s.Figures())
}
