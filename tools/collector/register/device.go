package register

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
)

// Device is what the collector knows of a device from its operator.
type Device struct {
	Name         string        `json:"name"`
	Keys         []Key         `json:"keys"` // the last one signs; the others once did
	Room         string        `json:"room,omitempty"`
	Head         bool          `json:"head,omitempty"`      // adds up the doors of its room
	Simulated    bool          `json:"simulated,omitempty"` // may send records of people who were drawn
	Revoked      bool          `json:"revoked,omitempty"`
	Enrolled     time.Time     `json:"enrolled"`
	Certificates []Certificate `json:"certificates,omitempty"` // the last one is good, unless it is revoked
}

// Key is one that signs records, 64 hexadecimal digits.
type Key struct {
	Public string    `json:"public"`
	Since  time.Time `json:"since"`
}

// Certificate is one that the device shows: of the authority, or one that the device was given with its card
// and that is known by its SHA-256 alone.
type Certificate struct {
	Serial  string    `json:"serial,omitempty"` // of the authority
	Pin     string    `json:"pin,omitempty"`    // SHA-256, 64 hexadecimal digits, of one of its own
	Until   time.Time `json:"until"`
	Revoked bool      `json:"revoked,omitempty"`
}

// Key gives the key that signs what the device sends now.
func (d *Device) Key() (sign.Public, error) {
	if len(d.Keys) == 0 {
		return sign.Public{}, fmt.Errorf("register: device %q has no key", d.Name)
	}
	return sign.ParsePublic(d.Keys[len(d.Keys)-1].Public)
}

// Former gives the key with that name, whether it signs still or did once.
func (d *Device) Former(id sign.ID) (sign.Public, bool) {
	for _, k := range d.Keys {
		if p, err := sign.ParsePublic(k.Public); err == nil && p.ID() == id {
			return p, true
		}
	}
	return sign.Public{}, false
}

// Shows tells whether the device may show a certificate of the authority with that serial number. That the
// authority signed it is for the caller to find out: anybody can write a number.
func (d *Device) Shows(serial string) bool {
	return serial != "" && d.may(func(c *Certificate) bool { return c.Serial == serial })
}

// Pinned tells whether the device may show the very certificate with that SHA-256.
func (d *Device) Pinned(sum string) bool {
	return sum != "" && d.may(func(c *Certificate) bool { return c.Pin == sum })
}

func (d *Device) may(which func(c *Certificate) bool) bool {
	if d.Revoked {
		return false
	}
	for i := range d.Certificates {
		if c := &d.Certificates[i]; which(c) {
			return !c.Revoked
		}
	}
	return false
}

// ValidName tells whether a device or room may be enrolled under a name: 1 to 32 of a-z, 0-9 and
// hyphen, not with a hyphen in front, where a spreadsheet would read a formula and a command an option.
func ValidName(s string) bool {
	return batch.ValidDevice(s) && !strings.HasPrefix(s, "-") && s != certs.CollectorName && s != certs.BrokerName
}

// Device reads a device. ok is false for one that was never enrolled.
func (r *Register) Device(name string) (d Device, ok bool, err error) {
	if !ValidName(name) { // the name comes from outside and becomes a path
		return d, false, nil
	}
	b, err := os.ReadFile(r.Path(devices + "/" + name + ".json"))
	if errors.Is(err, os.ErrNotExist) {
		return d, false, nil
	}
	if err != nil {
		return d, false, fmt.Errorf("register: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return Device{}, false, fmt.Errorf("register: the file of device %q: %w", name, err)
	}
	if d.Name != name {
		return Device{}, false, fmt.Errorf("register: the file of device %q is that of %q", name, d.Name)
	}
	return d, true, nil
}

// Devices reads all devices, in order of their names.
func (r *Register) Devices() (all []Device, err error) {
	entries, err := os.ReadDir(r.Path(devices))
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || strings.HasPrefix(name, ".") {
			continue
		}
		d, ok, err := r.Device(name)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, d)
		}
	}
	return all, nil
}

// Put writes a device. The caller holds the lock of Make.
func (r *Register) Put(d *Device) error {
	if !ValidName(d.Name) {
		return fmt.Errorf("register: device %q, want 1 to 32 of a-z, 0-9 and hyphen, no hyphen in front, not %s or %s",
			d.Name, certs.CollectorName, certs.BrokerName)
	}
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	return WriteFile(r.Path(devices+"/"+d.Name+".json"), append(b, '\n'), 0o600)
}
