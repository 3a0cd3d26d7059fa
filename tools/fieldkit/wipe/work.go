package wipe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	layout "tellijn/boards/card"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/ask"
	"tellijn/tools/fieldkit/wipe/erase"
	"tellijn/tools/fieldkit/wipe/export"
	"tellijn/tools/fieldkit/wipe/needles"
	"tellijn/tools/fieldkit/wipe/paper"
)

// errNotWhole is what is left to say when a card is not wiped whole.
var errNotWhole = errors.New("wipe: the card is NOT wiped whole; the certificate says so; hint: wipe it again, and if that does not help destroy it by hand")

// wipe does it, in an order in which nothing is lost: export, read back, agree, erase, search, certify.
func (k *kit) wipe(ctx context.Context, o *options) error {
	key, err := readKey(o.key)
	if err != nil {
		return err
	}
	d, err := k.find(o)
	if err != nil {
		return err
	}
	c, err := k.open(d.Path)
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Fprintln(k.errOut, "Reading the card ...")
	f := export.Read(c)
	defer f.Forget()
	cert := &paper.Certificate{Version: paper.Version, At: k.now().Unix(), Reason: o.reason, Model: model(d.Model), Size: uint64(c.Size()), Firmware: [][32]byte{}}
	if err := cert.Check(); err != nil {
		return err // before anything is done
	}
	if cert.Export.Sum, err = f.Write(o.export); err != nil {
		return fmt.Errorf("%w; nothing was wiped", err)
	}
	k.say(o, f)
	set := needles.New()
	f.Secrets(set.Add)
	for _, m := range k.markers {
		set.Add("markers", m)
	}
	before, err := set.Search(c, min(c.Size(), layout.Size), nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(k.errOut, "Before: %v.\n", &before)
	if before.Pieces() > 0 && before.Found() == 0 {
		return fmt.Errorf("wipe: nothing of what was just read from the card is found on it, so the search shows nothing; nothing was wiped")
	}
	if err := ask.Agree(ctx, k.in, k.errOut, o.yes, []ask.Question{{Drive: d, What: "is wiped, " + name(f.Device)}}); err != nil {
		return err
	}
	files, err := fresh(o.prefix)
	if err != nil {
		return fmt.Errorf("%w; nothing was wiped", err)
	}
	defer files[0].Close()
	defer files[1].Close()
	show := ask.NewMeter(k.errOut, "wiping and reading back")
	show.Add(3 * c.Size())
	r, failed := erase.Run(ctx, c, set, show.Step)
	show.End()
	c.Reread()
	cert.Device, cert.Board, cert.Key, cert.Seconds = f.Device, f.Board, f.Sign, f.Seconds
	cert.Firmware = append(cert.Firmware, f.Firmware[:min(len(f.Firmware), 16)]...)
	fill(cert, f, &before, &r)
	cert.Whole = failed == nil && r.Whole()
	if err := k.certify(cert, key, files); err != nil {
		return errors.Join(err, failed)
	}
	fmt.Fprintf(k.out, "%s.cose\n%s.pdf\n%s\n", o.prefix, o.prefix, cert.Passport())
	switch {
	case failed != nil:
		return fmt.Errorf("%w; %w", errNotWhole, failed)
	case !cert.Whole:
		return errNotWhole
	}
	fmt.Fprintf(k.errOut, "After: %v; %s.\nThe card can be taken out. Tell the collector: collector enrol -dir STORE -revoke %s\n", &r.Search, c.Way(), name(f.Device))
	return nil
}

// say says what was exported, and what was not.
func (k *kit) say(o *options, f *export.Found) {
	fmt.Fprintf(k.errOut, "%s: %d records and %d entries of the log are in %s, and were read back.\n", name(f.Device), len(f.Records), len(f.Entries), o.export)
	for _, w := range f.Doubts {
		fmt.Fprintf(k.errOut, "Mind: %s.\n", w)
	}
}

func name(device string) string {
	if device == "" {
		return "a device without a name"
	}
	return device
}

// model is what a drive calls itself, as far as a certificate has room for it.
func model(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 64)]
}

// fill puts numbers into a certificate.
func fill(c *paper.Certificate, f *export.Found, before *needles.Result, r *erase.Result) {
	c.Work = paper.Work{Discarded: uint64(r.Discarded), Zeroed: uint64(r.Zeroed), Unwritten: uint64(r.Unwritten), Read: uint64(r.Read), Unread: uint64(r.Unread), Left: uint64(r.Left)}
	c.Search = paper.Search{Pieces: uint32(before.Pieces()), Before: uint32(before.Found()), After: uint32(r.Search.Found())}
	c.Export.Records, c.Export.Entries, c.Export.Doubts = uint32(len(f.Records)), uint32(len(f.Entries)), uint32(len(f.Doubts))
}

// certify signs, writes, and reads both files again.
func (k *kit) certify(c *paper.Certificate, key sign.Key, files [2]*os.File) error {
	signed, err := paper.Sign(key, c)
	if err != nil {
		return err
	}
	page, err := c.PDF(key.Public())
	if err != nil {
		return err
	}
	for i, b := range [2][]byte{signed, page} {
		_, err := files[i].Write(b)
		if err == nil {
			err = files[i].Sync()
		}
		if err != nil {
			return fmt.Errorf("wipe: writing the certificate: %w", err)
		}
	}
	b, err := os.ReadFile(files[0].Name())
	if err != nil {
		return fmt.Errorf("wipe: %w", err)
	}
	if _, err := paper.Open(key.Public(), b); err != nil {
		return fmt.Errorf("wipe: the certificate on disk is not what was signed: %w", err)
	}
	return nil
}
