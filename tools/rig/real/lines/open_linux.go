package lines

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/hal"
	"tellijn/hal/gpio"
)

// hidInfo is struct hidraw_devinfo. (Linux, include/uapi/linux/hidraw.h)
type hidInfo struct {
	Bus             uint32
	Vendor, Product int16
}

// hidRawInfo is HIDIOCGRAWINFO, _IOR('H', 3, struct hidraw_devinfo). (linux/hidraw.h)
const hidRawInfo = 2<<30 | 8<<16 | 'H'<<8 | 3

// hidAnswer is how long an adapter may take to answer; USB asks it once a millisecond.
const hidAnswer = time.Second

// hid is an open /dev/hidraw.
type hid struct{ *os.File }

// Read waits for one report, and not for ever.
func (h hid) Read(b []byte) (int, error) {
	if err := h.SetReadDeadline(time.Now().Add(hidAnswer)); err != nil {
		return 0, err
	}
	return h.File.Read(b)
}

// openHID opens the raw reports of an MCP2221, and of nothing else.
func openHID(path string) (io.ReadWriteCloser, error) {
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("lines: no adapter at %s: %w; hint: where the kernel has a driver for the MCP2221 it is a %s", path, hal.ErrAbsent, Chip)
	}
	if err != nil {
		return nil, fmt.Errorf("lines: %w", err)
	}
	var info hidInfo
	c, err := f.SyscallConn()
	if err == nil {
		err2 := c.Control(func(fd uintptr) {
			if _, _, e := unix.Syscall(unix.SYS_IOCTL, fd, hidRawInfo, uintptr(unsafe.Pointer(&info))); e != 0 {
				err = e
			}
		})
		err = errors.Join(err, err2)
	}
	if err == nil && (uint16(info.Vendor) != MCPVendor || uint16(info.Product) != MCPProduct) {
		err = fmt.Errorf("it is %04x:%04x, want an MCP2221, %04x:%04x", uint16(info.Vendor), uint16(info.Product), MCPVendor, MCPProduct)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lines: %s: %w", path, err)
	}
	return hid{f}, nil
}

// chip is lines of this computer's kernel.
type chip struct {
	in  map[string]*gpio.Line
	out map[string]*gpio.Line
}

// openChip takes lines by the number on their chip, or by the name that the kernel gives them.
func openChip(path string, in, out []string) (Adapter, error) {
	c := &chip{in: map[string]*gpio.Line{}, out: map[string]*gpio.Line{}}
	take := func(names []string, to map[string]*gpio.Line, get func(gpio.Place) (*gpio.Line, error)) error {
		for _, name := range names {
			place := gpio.Place{Name: name, Path: path, Chip: path}
			if n, err := strconv.ParseUint(name, 10, 16); err == nil {
				place.Offset = uint32(n)
			} else if place, err = gpio.Find(name); err != nil {
				return err
			} else if place.Path != path {
				return fmt.Errorf("lines: %s is on %s, not on %s", name, place.Path, path)
			}
			l, err := get(place)
			if err != nil {
				return err
			}
			to[name] = l
		}
		return nil
	}
	err := errors.Join(take(in, c.in, func(p gpio.Place) (*gpio.Line, error) { return gpio.Input(p, gpio.Floating) }),
		take(out, c.out, func(p gpio.Place) (*gpio.Line, error) { return gpio.Output(p, false) }))
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Levels reads all inputs.
func (c *chip) Levels() (map[string]bool, error) {
	levels := map[string]bool{}
	for name, l := range c.in {
		high, err := l.High()
		if err != nil {
			return nil, err
		}
		levels[name] = high
	}
	return levels, nil
}

// Set drives an output.
func (c *chip) Set(name string, high bool) error {
	l := c.out[name]
	if l == nil {
		return fmt.Errorf("%w: %s is no output", ErrNoLine, name)
	}
	return l.Set(high)
}

// Close makes all outputs low and lets go of everything.
func (c *chip) Close() (err error) {
	for _, l := range c.out {
		err = errors.Join(err, l.Set(false), l.Close())
	}
	for _, l := range c.in {
		err = errors.Join(err, l.Close())
	}
	return err
}
