package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"tellijn/hal/gpio"
	"tellijn/privacy/sandbox"
)

// TestDevices holds the core to one request on each descriptor of a part, and to none without parts.
func TestDevices(t *testing.T) {
	bare := sandbox.Warden(3, 5, 1)
	for _, c := range bare.Calls {
		if c.Name == "ioctl" {
			t.Errorf("without parts: ioctl %+v", c.Where)
		}
	}
	devices := []sandbox.Device{{Fd: 8, Request: gpio.SetValues, Why: "the lamp"}, {Fd: 9, Request: gpio.GetValues, Why: "the button"}}
	m := sandbox.Warden(3, 5, 1, devices...)
	ways := find(t, m, "ioctl")
	if len(ways) != len(devices) || m.Size() != bare.Size()+1 {
		t.Fatalf("%d ways, %d calls, want %d more than one", len(ways), m.Size(), bare.Size())
	}
	for i, d := range devices {
		w := ways[i].Where
		if len(w) != 2 || w[0].Arg != 0 || !slices.Equal(w[0].Is, []uint64{uint64(d.Fd)}) || w[1].Arg != 1 || !slices.Equal(w[1].Is, []uint64{d.Request}) ||
			w[0].Low || w[1].Low || ways[i].Why != d.Why {
			t.Errorf("%+v: %+v", d, ways[i])
		}
	}
	for _, words := range []string{"the lamp\n", "only with argument 0 = 0x8\n", "only with argument 1 = 0xc010b40f\n", "only with argument 0 = 0x9\n", "only with argument 1 = 0xc010b40e\n"} {
		if !strings.Contains(m.Text(), words) {
			t.Errorf("its text does not say %q", words)
		}
	}
}
