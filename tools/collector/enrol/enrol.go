// Package enrol lets devices and brokers in, and devices out again. It changes the register and writes
// the few files that a device or a broker needs. It never sees a record or the private key that signs
// records, which no device gives away.
package enrol

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
	"tellijn/tools/collector/register"
)

// ErrKnown is wrapped when a device is enrolled already and Renew is not set.
var ErrKnown = errors.New("enrol: enrolled already")

// Port is where the collector listens, and MQTTPort where a broker does (IANA: secure-mqtt), unless
// an address says otherwise.
const (
	Port     = "8443"
	MQTTPort = "8883"
)

// Device says what to enrol.
type Device struct {
	Name      string
	Key       string // public key of records, 64 hexadecimal digits; "" with Renew keeps the one that is known
	Room      string // "" for one that shares its room with no other
	Head      bool   // adds up the doors of its room
	Simulated bool   // may send records of people who were drawn
	Kind      string // how it sends: "https", "mqtt" or "file"
	Renew     bool   // gives a device that is known a new certificate; the ones before are refused
}

// Seed gives 32 random bytes.
func Seed() (s [32]byte, err error) {
	_, err = rand.Read(s[:])
	return s, err
}

// Admit enrols a device in the collector's directory dir, which is set up if it is not, and writes what
// the device needs into bundle. hosts are names or addresses of the collector, of which the first is the
// one that the device gets; with Kind "mqtt", that of the broker. Without any it is this computer.
func Admit(dir string, d Device, hosts []string, bundle string, now time.Time) error {
	own, address, err := addresses(d.Kind, hosts)
	if err != nil {
		return err
	}
	r, unlock, err := register.Make(dir, own, now, Seed)
	if err != nil {
		return err
	}
	defer unlock()
	known, err := entry(r, d, now)
	if err != nil {
		return err
	}
	files, err := files(r, known, d.Kind, address, now)
	if err != nil {
		return err
	}
	if err := r.Put(known); err != nil {
		return err
	}
	if _, err := r.Revoke(now); err != nil {
		return err
	}
	if err := put(bundle, files); err != nil {
		return fmt.Errorf("%w; hint: %s is enrolled, the same command with -renew writes its files again", err, d.Name)
	}
	return nil
}

// entry gives what the register will say of a device.
func entry(r *register.Register, d Device, now time.Time) (*register.Device, error) {
	known, ok, err := r.Device(d.Name)
	if err != nil {
		return nil, err
	}
	if ok && !d.Renew {
		return nil, fmt.Errorf("%w: %q; hint: -renew makes it a new certificate, and the one it has is refused from then on", ErrKnown, d.Name)
	}
	if !ok {
		known = register.Device{Name: d.Name}
	}
	if !ok || d.Room != "" {
		known.Room, known.Head = d.Room, d.Head
	}
	if !ok || d.Simulated {
		known.Simulated = d.Simulated
	}
	known.Revoked, known.Enrolled = false, now.UTC().Truncate(time.Second)
	if d.Key != "" || !ok {
		key, err := sign.ParsePublic(d.Key)
		if err != nil {
			return nil, fmt.Errorf("%w; hint: warden -identity prints it", err)
		}
		if n := len(known.Keys); n == 0 || known.Keys[n-1].Public != key.String() {
			known.Keys = append(known.Keys, register.Key{Public: key.String(), Since: known.Enrolled})
		}
	}
	if !register.ValidName(d.Name) {
		return nil, fmt.Errorf("enrol: device %q, want 1 to 32 of a-z, 0-9 and hyphen, no hyphen in front, and none of %s and %s",
			d.Name, certs.CollectorName, certs.BrokerName)
	}
	return &known, room(r, &known)
}

// room checks that a device fits into its room, and that its key is its own.
func room(r *register.Register, d *register.Device) error {
	if d.Room != "" && !register.ValidName(d.Room) {
		return fmt.Errorf("enrol: room %q, want 1 to 32 of a-z, 0-9 and hyphen, no hyphen in front", d.Room)
	}
	if d.Head && d.Room == "" {
		return errors.New("enrol: -head without -room; a device that shares its room with no other needs neither")
	}
	key, err := d.Key()
	if err != nil {
		return err
	}
	all, err := r.Devices()
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Name == d.Name || o.Revoked {
			continue
		}
		if d.Head && o.Head && o.Room == d.Room {
			return fmt.Errorf("enrol: room %q has a head, %q; hint: revoke it first", d.Room, o.Name)
		}
		for _, k := range o.Keys {
			if k.Public == key.String() {
				return fmt.Errorf("enrol: the key of %q is that of %q; each device has its own", d.Name, o.Name)
			}
		}
	}
	return nil
}

// files makes what the device needs, and a certificate in d where it needs one.
func files(r *register.Register, d *register.Device, kind, address string, now time.Time) (map[string][]byte, error) {
	receipts, err := r.Receipts()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "[upload]\nkind = %q\n", kind)
	if address != "" {
		fmt.Fprintf(&text, "address = %q\n", address)
	}
	fmt.Fprintf(&text, "receipts = %q\n", receipts.Public().String())
	files := map[string][]byte{"upload.toml": text.Bytes()}
	for i := range d.Certificates {
		d.Certificates[i].Revoked = true
	}
	if kind == "file" {
		return files, nil
	}
	a, err := r.Authority()
	if err != nil {
		return nil, err
	}
	pair, serial, err := a.Client(d.Name, now)
	if err != nil {
		return nil, err
	}
	c, err := certs.Parse(pair.Certificate)
	if err != nil {
		return nil, err
	}
	d.Certificates = append(d.Certificates, register.Certificate{Serial: serial, Until: c.NotAfter})
	if _, files["ca.pem"], err = r.Pool(); err != nil {
		return nil, err
	}
	files["device.pem"], files["device.key"] = pair.Certificate, pair.Key
	return files, nil
}

// put writes files into a directory. Keys are for their owner only.
func put(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("enrol: %w", err)
	}
	for name, b := range files {
		mode := os.FileMode(0o644)
		if filepath.Ext(name) == ".key" {
			mode = 0o600
		}
		if err := register.WriteFile(filepath.Join(dir, name), b, mode); err != nil {
			return err
		}
	}
	return nil
}
