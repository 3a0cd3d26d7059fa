// Package inject makes what only one device has: its keys, its configuration, its certificate, put into the
// first partition of a card; and reads it back from there. It prints nothing, keeps nothing, and hands
// secrets to nobody but the card. It is for installers, outside the data path.
package inject

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/firmware/config"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
	"tellijn/tools/fieldkit/fat"
)

// ErrInput is wrapped by errors about what the installer gave.
var ErrInput = errors.New("inject: cannot be put on a card")

// Input is what an installer has. Files that are nil are not put on the card, except keys and certificate,
// which are made.
type Input struct {
	Board    boards.Board // that the image is for
	Name     string       // of the file of the configuration, for errors
	Config   []byte
	Approval []byte
	CA       []byte    // authority of the collector, PEM
	WiFi     []byte    // wifi.toml
	Random   io.Reader // for keys, crypto/rand.Reader
	Now      time.Time
}

// Device is one device that was never there before.
type Device struct {
	Board       boards.Board // with the configuration laid over it
	Sign        sign.Public
	Seal        seal.Public
	Certificate string     // SHA-256, 64 hexadecimal digits; "" when it needs none
	Files       []fat.File // of the folder of the device, with its secrets
	Doubts      []string   // what an installer should know, in words
}

// Make makes a device. Each call makes another one, with keys of its own.
func Make(in *Input) (*Device, error) {
	d := &Device{Board: in.Board}
	if in.Config == nil {
		return nil, fmt.Errorf("%w: no configuration; hint: -config FILE", ErrInput)
	}
	if err := config.Apply(in.Name, string(in.Config), &d.Board); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	d.put(card.Config, in.Config)
	if err := d.keys(in.Random); err != nil {
		return nil, err
	}
	if err := d.upload(in); err != nil {
		return nil, err
	}
	d.approval(in)
	if in.WiFi != nil {
		if len(bytes.TrimSpace(in.WiFi)) == 0 {
			return nil, fmt.Errorf("%w: an empty %s", ErrInput, card.WiFi)
		}
		d.put(card.WiFi, in.WiFi)
	}
	return d, nil
}

func (d *Device) put(name string, b []byte) {
	d.Files = append(d.Files, fat.File{Path: card.Device + "/" + name, Data: b})
}

func (d *Device) doubt(format string, args ...any) {
	d.Doubts = append(d.Doubts, fmt.Sprintf(format, args...))
}

// keys makes the secrets from which the device begins.
func (d *Device) keys(random io.Reader) error {
	var k ledger.Keys
	for _, b := range []*[32]byte{&k.Sign, &k.Seal, &k.Secret} {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return fmt.Errorf("inject: no randomness for keys: %w", err)
		}
	}
	text := k.Bytes()
	if again, err := ledger.ParseKeys(text); err != nil || again != k || k.Sign == k.Seal || k.Seal == k.Secret || k.Sign == k.Secret {
		return fmt.Errorf("inject: keys that are no keys; randomness does not work")
	}
	sealing, err := seal.NewKey(k.Seal)
	if err != nil {
		return fmt.Errorf("inject: %w", err)
	}
	d.Sign, d.Seal = sign.NewKey(k.Sign).Public(), sealing.Public()
	d.put(card.Keys, text)
	return nil
}

// upload gives the device what it shows to its collector and what it knows that by.
func (d *Device) upload(in *Input) error {
	switch d.Board.Upload.Kind {
	case "https":
	case "mqtt":
		// A broker knows no certificate that no authority signed.
		d.doubt("it sends through a broker, for which it has no certificate yet: collector enrol -device %s writes it", d.Board.Device)
		return nil
	case "":
		d.doubt("the configuration has no [upload], so nothing will ever leave it")
		return nil
	default:
		return nil
	}
	if in.CA == nil {
		return fmt.Errorf("%w: it sends by https, but knows its collector by nothing; hint: -ca ca.pem, of the collector's directory", ErrInput)
	}
	if c, err := certs.Parse(in.CA); err != nil || !c.IsCA || in.Now.After(c.NotAfter) {
		return fmt.Errorf("%w: the file of -ca is no authority that is good now; hint: ca.pem of the collector's directory", ErrInput)
	}
	own, err := certs.Alone(d.Board.Device, in.Now, in.Random)
	if err != nil {
		return fmt.Errorf("inject: %w", err)
	}
	c, err := certs.Parse(own.Certificate)
	if err != nil {
		return fmt.Errorf("inject: %w", err)
	}
	d.Certificate = certs.Fingerprint(c)
	d.put(card.CA, in.CA)
	d.put(card.Cert, own.Certificate)
	d.put(card.CertKey, own.Key)
	return nil
}
