// Package usb speaks to two things on the bench's USB by control transfers alone: a hub that can take the power from
// one of its ports, and a multiplexer that gives a memory card to a board or to this computer. It takes no device from
// the kernel's own drivers. It is for the rig, outside the data path.
package usb

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tellijn/hal"
)

// Control is the endpoint that every device has.
type Control interface {
	// Control makes one control transfer, of at most a second; data goes out, or comes in when bit 7 of kind is set.
	// It gives how many bytes went over. (USB 2.0, 9.3: kind is bmRequestType)
	Control(kind, request byte, value, index uint16, data []byte) (int, error)
	Close() error
}

// Bits of kind. (USB 2.0, table 9-2)
const (
	in     = 1 << 7
	class  = 1 << 5
	vendor = 2 << 5
	other  = 3 // the recipient: a port of a hub
)

// Place says which device is meant.
type Place struct {
	// Port is where it hangs, as the kernel names it, such as 1-1.4: it stays the same when it is plugged in again.
	Port string
	// Vendor and Product are what it has to be; 0 is any.
	Vendor, Product uint16
	// Serial is its serial number; "" is any.
	Serial string
}

// Find looks below root, which is /sys on a bench, for a device, and gives the path of its node below /dev. The error
// wraps hal.ErrAbsent if there is none, and is another one if there are two.
func Find(root string, p Place) (node string, err error) {
	dirs, err := filepath.Glob(filepath.Join(root, "bus/usb/devices", "*"))
	if err != nil {
		return "", fmt.Errorf("usb: %w", err)
	}
	for _, dir := range dirs {
		attribute := func(name string) string {
			b, _ := os.ReadFile(filepath.Join(dir, name)) // an interface has none of these, and is not meant
			return strings.TrimSpace(string(b))
		}
		hex := func(name string, want uint16) bool {
			got, err := strconv.ParseUint(attribute(name), 16, 16)
			return err == nil && (want == 0 || uint16(got) == want)
		}
		if p.Port != "" && filepath.Base(dir) != p.Port || p.Serial != "" && attribute("serial") != p.Serial ||
			!hex("idVendor", p.Vendor) || !hex("idProduct", p.Product) {
			continue
		}
		bus, err1 := strconv.Atoi(attribute("busnum"))
		number, err2 := strconv.Atoi(attribute("devnum"))
		if err1 != nil || err2 != nil {
			continue
		}
		if node != "" {
			return "", fmt.Errorf("usb: more than one device is %s; hint: give its serial number or its port", p)
		}
		node = fmt.Sprintf("/dev/bus/usb/%03d/%03d", bus, number)
	}
	if node == "" {
		return "", fmt.Errorf("usb: no device is %s: %w; hint: lsusb -t", p, hal.ErrAbsent)
	}
	return node, nil
}

// String is the place as it is printed.
func (p Place) String() string {
	s := "at port " + p.Port
	if p.Port == "" {
		s = "at any port"
	}
	if p.Vendor != 0 {
		s += fmt.Sprintf(", %04x:%04x", p.Vendor, p.Product)
	}
	if p.Serial != "" {
		s += fmt.Sprintf(", number %q", p.Serial)
	}
	return s
}

// Open finds a device of this computer and opens it.
func Open(p Place) (Control, error) {
	node, err := Find("/sys", p)
	if err != nil {
		return nil, err
	}
	return open(node)
}
