package usb

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/hal"
)

// transfer is struct usbdevfs_ctrltransfer. (Linux, include/uapi/linux/usbdevice_fs.h)
type transfer struct {
	Kind, Request        byte
	Value, Index, Length uint16
	Timeout              uint32 // milliseconds
	Data                 unsafe.Pointer
}

// controlRequest is USBDEVFS_CONTROL, _IOWR('U', 0, struct usbdevfs_ctrltransfer).
const controlRequest = 3<<30 | unsafe.Sizeof(transfer{})<<16 | 'U'<<8

// timeout of one transfer in milliseconds.
const timeout = 1000

type device struct{ f *os.File }

func open(node string) (Control, error) {
	f, err := os.OpenFile(node, os.O_RDWR|unix.O_CLOEXEC, 0)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("usb: %w: %w", err, hal.ErrAbsent)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("usb: %w; hint: run the bench as root, or give your user the device by a rule of udev", err)
	case err != nil:
		return nil, fmt.Errorf("usb: %w", err)
	}
	return device{f}, nil
}

// Control asks the kernel for one transfer.
func (d device) Control(kind, request byte, value, index uint16, data []byte) (int, error) {
	t := transfer{Kind: kind, Request: request, Value: value, Index: index, Length: uint16(len(data)), Timeout: timeout}
	if len(data) > 0 {
		var pin runtime.Pinner // the kernel writes through a pointer within a struct
		pin.Pin(&data[0])
		defer pin.Unpin()
		t.Data = unsafe.Pointer(&data[0])
	}
	n, _, e := unix.Syscall(unix.SYS_IOCTL, d.f.Fd(), controlRequest, uintptr(unsafe.Pointer(&t)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

// Close lets go of the device.
func (d device) Close() error { return d.f.Close() }
