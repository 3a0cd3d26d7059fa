package virtual_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/virtual"
)

// need skips what boots unless all boots are asked for: scenarios boot what everybody boots.
func need(t *testing.T) {
	t.Helper()
	if os.Getenv("TELLIJN_BOOTS") != "all" {
		t.Skip("set TELLIJN_BOOTS=all to boot")
	}
	if raceDetector {
		t.Skip("the board has no race detector, and this computer is slow enough; run without -race")
	}
	if _, err := exec.LookPath("qemu-system-aarch64"); err != nil {
		t.Skip(err)
	}
}

func open(t *testing.T, s bench.Setup) bench.Rig {
	t.Helper()
	o := virtual.Options{Tree: "../../..", Log: os.Stderr}
	if dir := os.Getenv("TELLIJN_IMAGES"); dir != "" {
		o.Images = map[string]string{s.Board: filepath.Join(dir, s.Board+".img")}
	}
	b := virtual.New(o)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	var out strings.Builder
	r, err := b.Open(t.Context(), s, &out, func(line string) { t.Log("rig:", line) })
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.End(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("\n%s", out.String())
		}
	})
	return r
}

// said waits for a line.
func said(t *testing.T, r bench.Rig, mark int, pattern string) {
	t.Helper()
	line, err := r.Console().Await(t.Context(), mark, pattern, 3*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(line)
}

// TestVirt has the board through two lives: what it booked before the power was cut, it has afterwards.
func TestVirt(t *testing.T) {
	need(t)
	r := open(t, bench.Setup{Board: "virt", Journal: true, Now: time.Date(2027, 3, 1, 8, 14, 0, 0, time.UTC)})
	if err := r.Power(true); err != nil {
		t.Fatal(err)
	}
	said(t, r, 0, `Loaded +camera: sim`)
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	if err := r.Collector().Await(ctx, func(all []record.Record, _ []devicelog.Entry) bool { return len(all) >= 2 }); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Card().Booked(); err == nil {
		t.Error("the card was read while the board has power")
	}
	if err := r.Power(false); err != nil {
		t.Fatal(err)
	}
	before, err := r.Card().Booked()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Card().Sound(); err != nil {
		t.Error(err)
	}
	t.Log(before)
	switch dir, err := r.Card().Journal(); {
	case err != nil:
		t.Error(err)
	default:
		if st, err := os.Stat(filepath.Join(dir, disk.JournalFile)); err != nil || st.Size() < 100<<10 {
			t.Errorf("the journal: %v, want 100 KiB or more", err)
		}
	}
	mark := r.Console().Mark()
	if err := r.Power(true); err != nil {
		t.Fatal(err)
	}
	said(t, r, mark, `Loaded +camera: sim`)
	if err := r.Hold(4 * time.Second); err != nil {
		t.Error(err)
	}
	said(t, r, mark, `reboot: Power down`)
	if err := r.Power(false); err != nil {
		t.Error(err)
	}
	after, err := r.Card().Booked()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(after)
	if len(before) == 0 || len(after) != len(before) || after[0].Forward < before[0].Forward || after[0].Backward < before[0].Backward {
		t.Errorf("%v, then %v", before, after)
	}
	if err := r.Collector().Verify(); err != nil {
		t.Error(err)
	}
}
