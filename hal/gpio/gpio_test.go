package gpio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"tellijn/hal"
)

// TestRequest holds the bytes of requests against the C structure, field by field.
func TestRequest(t *testing.T) {
	const input, output, up, down = 1 << 2, 1 << 3, 1 << 8, 1 << 9
	for _, tc := range []struct {
		what      string
		r         *request
		flags     uint64
		attribute uint32 // how many
		value     uint64
	}{
		{"an output that is low", asks(17, true, false, Floating), output, 1, 0},
		{"an output that is high", asks(17, true, true, Up), output, 1, 1},
		{"an input", asks(17, false, true, Floating), input, 0, 0},
		{"an input that is pulled up", asks(17, false, false, Up), input | up, 0, 0},
		{"an input that is pulled down", asks(17, false, false, Down), input | down, 0, 0},
	} {
		want := make([]byte, 0, 592)
		word := func(v uint32) { want = binary.NativeEndian.AppendUint32(want, v) }
		long := func(v uint64) { want = binary.NativeEndian.AppendUint64(want, v) }
		zeros := func(n int) { want = append(want, make([]byte, n)...) }
		word(17) // offsets[0] of 64
		zeros(63 * 4)
		want = append(want, "tellijn"...)
		zeros(32 - len("tellijn"))
		long(tc.flags) // config: flags, num_attrs, padding[5], attrs[10] of 24 bytes
		word(tc.attribute)
		zeros(5 * 4)
		if tc.attribute == 1 { // id 2, padding, values, mask
			word(2)
			word(0)
			long(tc.value)
			long(1)
			zeros(9 * 24)
		} else {
			zeros(10 * 24)
		}
		word(1)      // num_lines
		word(0)      // event_buffer_size
		zeros(5 * 4) // padding
		word(0)      // fd
		if !bytes.Equal(tc.r[:], want) {
			t.Errorf("%s:\n%x, want\n%x", tc.what, tc.r[:], want)
		}
	}
	var r request
	binary.NativeEndian.PutUint32(r[588:], 7)
	if r.fd() != 7 {
		t.Errorf("descriptor %d, want 7", r.fd())
	}
}

// TestNumbers makes the requests of ioctl(2) from their parts. (asm-generic/ioctl.h)
func TestNumbers(t *testing.T) {
	const readWrite = 3
	for _, tc := range []struct{ got, nr, size uint64 }{{getLine, 7, 592}, {GetValues, 0xe, 16}, {SetValues, 0xf, 16}} {
		if want := uint64(readWrite<<30 | 0xb4<<8 | tc.size<<16 | tc.nr); tc.got != want {
			t.Errorf("request %#x, want %#x", tc.got, want)
		}
	}
}

func TestFind(t *testing.T) {
	all := []Place{{"ID_SDA", "/dev/gpiochip0", "pinctrl-bcm2711", 0}, {"GPIO17", "/dev/gpiochip0", "pinctrl-bcm2711", 17}}
	if p, err := find(all, "GPIO17"); err != nil || p != all[1] || p.String() != "GPIO17 of pinctrl-bcm2711" {
		t.Errorf("%v, %v", p, err)
	}
	for _, tc := range []struct {
		all  []Place
		want string
	}{{all, `no line "GPIO99" among 2, the first is ID_SDA of pinctrl-bcm2711`}, {nil, `no line "GPIO99" among 0`}} {
		if _, err := find(tc.all, "GPIO99"); !errors.Is(err, hal.ErrAbsent) || !strings.HasSuffix(err.Error(), tc.want) {
			t.Errorf("%v, want %s", err, tc.want)
		}
	}
}
