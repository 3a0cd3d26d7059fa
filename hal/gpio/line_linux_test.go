package gpio

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"tellijn/hal"
)

// TestAbsent asks for lines where there are none.
func TestAbsent(t *testing.T) {
	if chips, _ := filepath.Glob("/dev/gpiochip*"); len(chips) > 0 {
		t.Skipf("this machine has %v", chips)
	}
	var before, after syscall.Stat_t
	if err := syscall.Fstat(0, &before); err != nil {
		t.Skip("descriptor 0 is closed")
	}
	for range 2 { // the second time from what periph.io knows
		if _, err := Find("GPIO17"); !errors.Is(err, hal.ErrAbsent) {
			t.Errorf("%v, want hal.ErrAbsent", err)
		}
	}
	if err := syscall.Fstat(0, &after); err != nil || before.Ino != after.Ino || before.Dev != after.Dev {
		t.Errorf("descriptor 0 is another now: %v", err)
	}
	p := Place{Name: "GPIO17", Path: "/dev/gpiochip-none", Chip: "none"}
	if _, err := Output(p, false); !errors.Is(err, hal.ErrAbsent) {
		t.Errorf("%v, want hal.ErrAbsent", err)
	}
}

// TestNoChip asks what is no chip for a line: that is broken, not absent.
func TestNoChip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Input(Place{Name: "x", Path: path, Chip: "y"}, Up); err == nil || errors.Is(err, hal.ErrAbsent) {
		t.Errorf("%v, want an error that is not hal.ErrAbsent", err)
	}
}

// TestDirection sets inputs and reads outputs, which asks the kernel nothing; and what the kernel says of a
// descriptor that is no line is an error, not a level.
func TestDirection(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, out := &Line{fd: int(f.Fd())}, &Line{fd: int(f.Fd()), out: true}
	if err := in.Set(true); err == nil || errors.Is(err, syscall.ENOTTY) {
		t.Errorf("an input was set: %v", err)
	}
	if _, err := out.High(); err == nil || errors.Is(err, syscall.ENOTTY) {
		t.Errorf("an output was read: %v", err)
	}
	if high, err := in.High(); high || !errors.Is(err, syscall.ENOTTY) {
		t.Errorf("%v, %v, want an error of the kernel", high, err)
	}
	if err := out.Set(true); !errors.Is(err, syscall.ENOTTY) {
		t.Errorf("%v, want an error of the kernel", err)
	}
	if in.Request() != GetValues || out.Request() != SetValues {
		t.Errorf("requests %#x, %#x", in.Request(), out.Request())
	}
}
