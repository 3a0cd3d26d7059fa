package clock

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/segment"
	"tellijn/tools/rig/vm"
)

// begins is what the clock chip of the machine begins with.
const begins = "2027-03-01T08:00:00"

// later is how much later the time on the network is.
const later = 90 * 24 * time.Hour

// TestMachine boots the kernel and runs the TestGuest tests in it.
func TestMachine(t *testing.T) {
	guesttest.Able(t, "about a minute", "go")
	k := guesttest.BoardKernel(t)
	files := guesttest.Build(t, "tellijn/firmware/scout")
	// On the cable is somebody who gives addresses and tells the time, which is 90 days later than the chip's.
	real, err := time.Parse("2006-01-02T15:04:05", begins)
	guesttest.Need(t, err)
	began := time.Now()
	wire, err := os.MkdirTemp("", "wire") // short, since paths of sockets have 107 bytes only (unix(7))
	guesttest.Need(t, err)
	defer os.RemoveAll(wire)
	cable, err := segment.Lay(filepath.Join(wire, "w"), segment.Options{Now: func() time.Time { return real.Add(later + time.Since(began)) }})
	guesttest.Need(t, err)
	defer cable.Close()
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: k, Files: files, Clock: begins, Wire: filepath.Join(wire, "w")})
	guesttest.Need(t, err)
	defer m.End()
	marks, passed := guesttest.Hear(t, m, nil)
	if !slices.Equal(marks, []string{guesttest.MarkUp, guesttest.MarkPass}) || !slices.Equal(passed, []string{"Scout", "Network", "Clock"}) {
		t.Errorf("marks %q, passed %q", marks, passed)
	}
}
