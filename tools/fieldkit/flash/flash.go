// Package flash is the subcommand that writes cards: it asks for the right drive, makes a device for each,
// writes them at once, and says of each whether it is good. It never writes to a drive that was not named, and
// never prints a secret. It is for installers, outside the data path.
package flash

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tellijn/tools/fieldkit/burn"
	"tellijn/tools/fieldkit/command"
	"tellijn/tools/fieldkit/drive"
	"tellijn/tools/fieldkit/medium"
)

const about = `flash writes cards, one for each device, several at once:

  fieldkit flash                                       lists the drives that may be cards
  fieldkit flash -image card.img -config north-door.toml -ca ca.pem -csv devices.csv -label labels /dev/sdX
  fieldkit flash -image card.img -config a.toml -config b.toml /dev/sdX /dev/sdY      first card a, second b
  fieldkit flash -image card.img -config a.toml -o a.img   for Raspberry Pi Imager, on any system

Each card gets keys of its own, which nobody else ever has. The card boots only when everything on it was
read back and is right. devices.csv is for whoever runs the collector: collector enrol -csv takes it in.
Writing needs the right to: go build -o fieldkit ./tools/fieldkit, then sudo ./fieldkit flash ...`

// target is an open card.
type target interface {
	burn.Card
	Way() string
	Reread()
	Close() error
}

// kit is what the command works with; tests have their own.
type kit struct {
	in          io.Reader
	out, errOut io.Writer
	places      drive.Places
	open        func(path string) (target, error)
	create      func(path string, size int64) (target, error)
	unmount     func(at string) error
	random      io.Reader
	now         func() time.Time
}

// Command is the subcommand.
func Command() command.Command {
	return command.Command{Name: "flash", Line: "writes cards, each for one device, and proves them good",
		Run: func(ctx context.Context, args []string, out, errOut io.Writer) error {
			k := kit{in: os.Stdin, out: out, errOut: errOut, places: drive.Here(), unmount: medium.Unmount, random: rand.Reader, now: time.Now,
				open:   func(path string) (target, error) { return opened(medium.Open(path)) },
				create: func(path string, size int64) (target, error) { return opened(medium.Create(path, size)) }}
			return k.run(ctx, args)
		}}
}

// opened keeps a nil medium from becoming a card that is not nil.
func opened(m *medium.Medium, err error) (target, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string     { return fmt.Sprint(*l) }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// options are what was asked.
type options struct {
	image, sum              string
	configs, yes            list
	approval, ca, wifi, csv string
	label, whose, read, who string
	own                     string
	allow                   drive.Allow
	unmount                 bool
	drives                  []string
	contents                map[string][]byte // of files, by path
}

func (k *kit) run(ctx context.Context, args []string) error {
	o, err := k.parse(args)
	if err != nil {
		return err
	}
	if o.own == "" && len(o.drives) == 0 {
		return k.list(o)
	}
	if err := o.check(); err != nil {
		return err
	}
	if err := o.read0(); err != nil {
		return err
	}
	return k.cards(ctx, o)
}

func (k *kit) parse(args []string) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("flash", flag.ContinueOnError)
	f.StringVar(&o.image, "image", "", "card image, as fieldkit image makes it")
	f.StringVar(&o.sum, "sha256", "", "its SHA-256, when no .sha256 or .manifest.json is beside it")
	f.Var(&o.configs, "config", "configuration of a device; once for each card, in their order")
	f.StringVar(&o.approval, "approval", "", "signed approval, without which a real camera gets no power")
	f.StringVar(&o.ca, "ca", "", "ca.pem of the collector, by which devices know it")
	f.StringVar(&o.wifi, "wifi", "", "wifi.toml, for devices without a cable")
	f.StringVar(&o.csv, "csv", "", "list for the operator; a line is put behind those that are there")
	f.StringVar(&o.who, "who", "", "who writes the cards, for that list; may be left out")
	f.StringVar(&o.label, "label", "", "folder for the labels of the devices, PDF and PNG")
	f.StringVar(&o.whose, "whose", "", "whose camera it is, for the label")
	f.StringVar(&o.read, "read", "", "address of the page with more about it, for the label")
	f.Var(&o.yes, "yes", "name of a drive to write without asking, for scripts; once for each drive")
	f.StringVar(&o.own, "o", "", "write a file of one device in place of a card; it holds the device's keys: delete it once the card is written")
	f.BoolVar(&o.allow.Fixed, "fixed", false, "take a drive that is no removable one")
	f.BoolVar(&o.allow.Large, "large", false, fmt.Sprintf("take a drive of more than %s", drive.Size(drive.Most)))
	f.BoolVar(&o.unmount, "unmount", false, "take a card out of use that this computer has opened")
	var flags []string
	for len(args) > 0 { // drives may stand before, between and behind the flags
		if n := len(args[0]); n > 0 && args[0][0] != '-' {
			o.drives, args = append(o.drives, args[0]), args[1:]
			continue
		}
		n := 1
		if !takesNone(args[0]) && len(args) > 1 {
			n = 2
		}
		flags, args = append(flags, args[:n]...), args[n:]
	}
	return o, command.Parse(f, about, flags, k.errOut)
}

// takesNone tells whether a flag stands alone.
func takesNone(s string) bool {
	for _, alone := range []string{"fixed", "large", "unmount", "h", "help"} {
		if s == "-"+alone || s == "--"+alone {
			return true
		}
	}
	for _, c := range s {
		if c == '=' {
			return true
		}
	}
	return false
}

// check finds what cannot be meant.
func (o *options) check() error {
	n := len(o.drives)
	switch {
	case o.own != "" && n > 0:
		return command.Usage("flash", "-o and drives: it is one or the other")
	case o.image == "":
		return command.Usage("flash", "no -image")
	case o.own != "":
		n = 1
	}
	if len(o.configs) != n {
		return command.Usage("flash", "%d cards and %d times -config, want one for each", n, len(o.configs))
	}
	if o.label != "" && (o.whose == "" || o.read == "") {
		return command.Usage("flash", "a label says whose the camera is and where to read more: -whose and -read")
	}
	return nil
}

// read0 reads the small files once, so that all cards get the same.
func (o *options) read0() error {
	o.contents = map[string][]byte{}
	for _, path := range append([]string{o.approval, o.ca, o.wifi}, o.configs...) {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err == nil && info.Size() > 64<<10 {
			err = fmt.Errorf("%s: %d bytes, want a small file", path, info.Size())
		}
		if err == nil {
			o.contents[path], err = os.ReadFile(path)
		}
		if err != nil {
			return fmt.Errorf("flash: %w", err)
		}
	}
	return nil
}

// list says what could be written to.
func (k *kit) list(o *options) error {
	all, err := k.places.List()
	if errors.Is(err, drive.ErrNoList) {
		fmt.Fprintln(k.errOut, "Cards are written from Linux. On this system: fieldkit flash -image card.img -config north-door.toml -o own.img makes\n"+
			"an image of this one device. Write it with Raspberry Pi Imager (Use custom; no customisation), then delete it: it holds\nthe keys of the device.")
	}
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(k.out, "No card is in. Push one in and call this again.")
		return nil
	}
	fmt.Fprintln(k.out, "These can be taken out; what is on them is lost when they are written:")
	for _, d := range all {
		fmt.Fprint(k.out, "  ", d.String())
		if err := d.Refuse(0, o.allow); err != nil {
			fmt.Fprintf(k.out, "   (%s)", strings.TrimPrefix(err.Error(), drive.ErrRefused.Error()+": "))
		}
		fmt.Fprintln(k.out)
	}
	fmt.Fprintln(k.out, "Not sure which? Pull the card out, call this again, and see which line is gone.")
	return nil
}
