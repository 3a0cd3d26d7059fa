package boot

import "testing"

// TestAfter reads what QEMU tells of the lines of a virt.
func TestAfter(t *testing.T) {
	levels := uint32(0)
	for _, c := range []struct {
		text string
		want uint32
	}{
		{"pl061_set_output /machine/unattached/device[6] setting output 0 to 1\n", 1},
		{"pl061_set_output /machine/unattached/device[6] setting output 4 to 1\n", 1 | 1<<4},
		{"pl061_set_output /machine/unattached/device[6] setting output 4 to 1\n", 1 | 1<<4},
		{"pl061_set_output /machine/unattached/device[6] setting output 0 to 0\n", 1 << 4},
		{"pl061_set_output /machine/unattached/device[6] setting output 8 to 1\n", 1 << 4}, // it has eight
		{"pl061_set_output\n", 1 << 4},
		{"warning: output\n", 1 << 4},
	} {
		if levels = after(levels, c.text); levels != c.want {
			t.Errorf("%q: %#x, want %#x", c.text, levels, c.want)
		}
	}
}
