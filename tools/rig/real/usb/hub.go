package usb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// What a hub is asked. (USB 2.0, 11.24.2: table 11-15 for kind and request, table 11-16 for the requests, table 11-17
// for the features. What is other for hubs at 5 Gbit/s is from Linux, include/uapi/linux/usb/ch11.h: USB_DT_SS_HUB,
// USB_SS_PORT_STAT_POWER.)
const (
	hubGetStatus     = 0
	hubClearFeature  = 1
	hubSetFeature    = 3
	hubGetDescriptor = 6

	featurePortPower = 8

	descriptorHub    = 0x29 // USB 2.0, 11.23.2.1
	descriptorHub3   = 0x2A // USB_DT_SS_HUB
	descriptorLength = 7    // as far as bHubContrCurrent; the ports' own bits follow

	// wHubCharacteristics, bits 1 and 0. (table 11-13)
	switchingMask, switchingEach = 3, 1

	// wPortStatus: the port has power. (table 11-21)
	statusPower  = 1 << 8
	statusPower3 = 1 << 9
)

// ErrGanged is wrapped for a hub that switches all its ports at once, or none.
var ErrGanged = errors.New("usb: this hub cannot switch one port alone")

// Port is one port of a hub.
type Port struct {
	c      Control
	number uint16
	power  uint16 // bit of its status
	pause  func(time.Duration)
}

// NewPort takes a port, counted from 1, of a hub that can switch each of its ports alone.
func NewPort(c Control, number int) (*Port, error) {
	p := &Port{c: c, number: uint16(number), power: statusPower, pause: time.Sleep}
	b := make([]byte, descriptorLength)
	n, err := c.Control(in|class, hubGetDescriptor, descriptorHub<<8, 0, b)
	if err != nil {
		p.power = statusPower3
		n, err = c.Control(in|class, hubGetDescriptor, descriptorHub3<<8, 0, b)
	}
	if err != nil {
		return nil, fmt.Errorf("usb: it is no hub: %w", err)
	}
	if n < descriptorLength || b[1] != descriptorHub && b[1] != descriptorHub3 {
		return nil, fmt.Errorf("usb: it is no hub: its descriptor is %x", b[:n])
	}
	if ports := int(b[2]); number < 1 || number > ports {
		return nil, fmt.Errorf("usb: port %d of a hub with %d", number, ports)
	}
	if how := binary.LittleEndian.Uint16(b[3:]); how&switchingMask != switchingEach {
		return nil, fmt.Errorf("%w: wHubCharacteristics is %#04x; hint: README.md says which hubs can", ErrGanged, how)
	}
	return p, nil
}

// waits is how often the status is asked after a change, and pause what lies between: a hub may take 2 s until the
// power is good. (USB 2.0, table 11-13, bPwrOn2PwrGood: at most 255 times 2 ms)
const (
	waits = 20
	pause = 50 * time.Millisecond
)

// Set gives the port power or takes it away, and waits until the hub says that it is so. Many cheap hubs say so and
// do nothing, which only a wire to the board can tell.
func (p *Port) Set(on bool) error {
	request := byte(hubClearFeature)
	if on {
		request = hubSetFeature
	}
	if _, err := p.c.Control(class|other, request, featurePortPower, p.number, nil); err != nil {
		return fmt.Errorf("usb: power of port %d: %w", p.number, err)
	}
	for range waits {
		var b [4]byte
		n, err := p.c.Control(in|class|other, hubGetStatus, 0, p.number, b[:])
		if err == nil && n < len(b) {
			err = fmt.Errorf("%d bytes, want %d", n, len(b))
		}
		if err != nil {
			return fmt.Errorf("usb: status of port %d: %w", p.number, err)
		}
		if (binary.LittleEndian.Uint16(b[:])&p.power != 0) == on {
			return nil
		}
		p.pause(pause)
	}
	return fmt.Errorf("usb: port %d does not change its power; hint: another program may switch it back", p.number)
}

// Close lets go of the hub; the port stays as it is.
func (p *Port) Close() error { return p.c.Close() }
