// Package wipe is the subcommand that takes a device out of service: it exports what is the organisation's,
// overwrites the whole card, searches it for what it held, and writes a signed certificate of that. It never wipes
// before the export was read back, and never says wiped of what was not seen to be. It is for the end of a device,
// outside the data path.
package wipe

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/burn"
	"tellijn/tools/fieldkit/command"
	"tellijn/tools/fieldkit/drive"
	"tellijn/tools/fieldkit/medium"
	"tellijn/tools/fieldkit/wipe/erase"
	"tellijn/tools/fieldkit/wipe/paper"
)

const about = `wipe takes a device out of service. Put its card into this computer, then:

  fieldkit wipe -device /dev/sdX -export north-door -reason "the hall is rebuilt" -key organisation.key -o north-door-certificate

It copies records, log, public keys and configuration into the folder north-door, overwrites the whole card with
zeros, reads it back, and writes north-door-certificate.pdf and .cose. A large card takes an hour or more.
organisation.key is a private key of your organisation, as fieldkit approve key makes one (better not that of approvals);
its public half, which is printed then, checks certificates:

  fieldkit wipe -show north-door-certificate.cose -signer KEY

Afterwards tell the collector: collector enrol -dir STORE -revoke north-door`

// card is an open card.
type card interface {
	erase.Card
	Way() string
	Reread()
	Close() error
}

// kit is what the command works with; tests have their own.
type kit struct {
	in          io.Reader
	out, errOut io.Writer
	places      drive.Places
	open        func(path string) (card, error)
	unmount     func(at string) error
	now         func() time.Time
	markers     [][]byte // more that must not be found; tests plant them where no file is
}

// Command is the subcommand.
func Command() command.Command {
	return command.Command{Name: "wipe", Line: "takes a device out of service: exports, wipes its card, certifies",
		Run: func(ctx context.Context, args []string, out, errOut io.Writer) error {
			k := kit{in: os.Stdin, out: out, errOut: errOut, places: drive.Here(), unmount: medium.Unmount, now: time.Now, open: open}
			return k.run(ctx, args)
		}}
}

func open(path string) (card, error) {
	m, err := medium.Open(path)
	if err != nil {
		return nil, err // and no card that is not nil
	}
	return m, nil
}

// options are what was asked.
type options struct {
	device, export, reason, key, prefix, show, signer string
	yes                                               list
	allow                                             drive.Allow
	unmount                                           bool
}

type list []string

func (l *list) String() string     { return fmt.Sprint(*l) }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func (k *kit) run(ctx context.Context, args []string) error {
	var o options
	f := flag.NewFlagSet("wipe", flag.ContinueOnError)
	f.StringVar(&o.device, "device", "", "drive with the card; fieldkit flash lists them")
	f.StringVar(&o.export, "export", "", "new folder for what is kept")
	f.StringVar(&o.reason, "reason", "", "why the device is taken out of service, for the certificate")
	f.StringVar(&o.key, "key", "", "key file of the organisation, 64 hexadecimal digits; signs the certificate")
	f.StringVar(&o.prefix, "o", "", "name of the certificate, without .pdf and .cose")
	f.Var(&o.yes, "yes", "name of the drive to wipe without asking, for scripts")
	f.BoolVar(&o.allow.Fixed, "fixed", false, "take a drive that is no removable one")
	f.BoolVar(&o.allow.Large, "large", false, fmt.Sprintf("take a drive of more than %s", drive.Size(drive.Most)))
	f.BoolVar(&o.unmount, "unmount", false, "take a card out of use that this computer has opened")
	f.StringVar(&o.show, "show", "", "check a certificate, and say what it says")
	f.StringVar(&o.signer, "signer", "", "public key of the organisation, for -show")
	if err := command.Parse(f, about, args, k.errOut); err != nil {
		return err
	}
	if o.show != "" {
		return k.show(&o)
	}
	for name, v := range map[string]string{"device": o.device, "export": o.export, "reason": o.reason, "key": o.key, "o": o.prefix} {
		if v == "" {
			return command.Usage("wipe", "no -%s", name)
		}
	}
	return k.wipe(ctx, &o)
}

// show checks a certificate.
func (k *kit) show(o *options) error {
	p, err := sign.ParsePublic(o.signer)
	if err != nil {
		return command.Usage("wipe", "-signer: %v", err)
	}
	b, err := os.ReadFile(o.show)
	if err != nil {
		return fmt.Errorf("wipe: %w", err)
	}
	c, err := paper.Open(p, b)
	if err != nil {
		return fmt.Errorf("wipe: %s is no certificate of this signer: %w", o.show, err)
	}
	fmt.Fprint(k.out, c.Text(p))
	return nil
}

// readKey reads the key file of an organisation: 64 hexadecimal digits, alone or behind "seed = " as fieldkit
// approve key writes them.
func readKey(path string) (sign.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return sign.Key{}, fmt.Errorf("wipe: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		seed, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(line), "seed = "))
		if err == nil && len(seed) == 32 && [32]byte(seed) != ([32]byte{}) {
			return sign.NewKey([32]byte(seed)), nil
		}
	}
	// And never what stands in it.
	return sign.Key{}, fmt.Errorf("wipe: %s is no key file, want 64 hexadecimal digits; hint: fieldkit approve key -o FILE makes one", path)
}

// find finds the drive and refuses what is none to wipe.
func (k *kit) find(o *options) (drive.Drive, error) {
	d, err := k.places.Find(o.device)
	if err == nil && o.unmount {
		d, err = k.places.Free(d, burn.Head, o.allow, k.unmount)
	}
	if err == nil {
		err = d.Refuse(burn.Head, o.allow)
	}
	return d, err
}

// fresh makes the files of the certificate, so that an hour of work does not end with a disk that is full
// or a name that is taken.
func fresh(prefix string) (files [2]*os.File, err error) {
	for i, ext := range []string{".cose", ".pdf"} {
		if files[i], err = os.OpenFile(prefix+ext, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644); err != nil {
			if i == 1 {
				err = errors.Join(err, files[0].Close(), os.Remove(files[0].Name()))
			}
			return files, fmt.Errorf("wipe: %w", err)
		}
	}
	return files, nil
}
