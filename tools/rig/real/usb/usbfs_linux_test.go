package usb

import (
	"errors"
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestTransfer holds the layout against what a C compiler makes of it: USBDEVFS_CONTROL is 0xC0185500 on 64-bit
// machines and 0xC0105500 on 32-bit ones.
func TestTransfer(t *testing.T) {
	want := uintptr(0xC0185500)
	if unsafe.Sizeof(uintptr(0)) == 4 {
		want = 0xC0105500
	}
	var x transfer
	if controlRequest != want || unsafe.Offsetof(x.Value) != 2 || unsafe.Offsetof(x.Length) != 6 || unsafe.Offsetof(x.Timeout) != 8 {
		t.Errorf("%#x, want %#x", uintptr(controlRequest), want)
	}
	f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	d := device{f}
	defer d.Close()
	if _, err := d.Control(0xA0, 6, 0x2900, 0, make([]byte, 7)); !errors.Is(err, unix.ENOTTY) { // no USB, and nothing else
		t.Error(err)
	}
}
