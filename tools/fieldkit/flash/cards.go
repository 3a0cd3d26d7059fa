package flash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"tellijn/boards"
	"tellijn/tools/fieldkit/ask"
	"tellijn/tools/fieldkit/burn"
	"tellijn/tools/fieldkit/drive"
	"tellijn/tools/fieldkit/flash/source"
	"tellijn/tools/fieldkit/inject"
	"tellijn/tools/fieldkit/sheet"
)

// errFailed is what is left to say when each card's error was said already.
var errFailed = errors.New("flash: not every card is good")

// place is one card to write, and how that went.
type place struct {
	name   string // of the drive or the file
	path   string
	drive  drive.Drive
	device *inject.Device
	err    error
	hint   string // what to do about it
}

// cards writes them all.
func (k *kit) cards(ctx context.Context, o *options) error {
	fmt.Fprintln(k.errOut, "Looking at the image ...")
	image, err := source.Open(ctx, o.image, o.sum)
	if err != nil {
		return err
	}
	defer image.Close()
	board, err := inject.BoardOf(image.Reader())
	if err != nil {
		return err
	}
	fmt.Fprintf(k.errOut, "%s is good, for %s.\n", o.image, board.Title)
	places, err := k.places0(o, image.Size)
	if err != nil {
		return err
	}
	if err := k.devices(o, places, board); err != nil {
		return err
	}
	defer func() {
		for _, p := range places {
			p.device.Forget()
		}
	}()
	if err := k.agree(ctx, o, places); err != nil {
		return err
	}
	what := "writing and reading back"
	if len(places) > 1 {
		what += fmt.Sprintf(" %d cards", len(places))
	}
	show := ask.NewMeter(k.errOut, what)
	var all sync.WaitGroup
	for _, p := range places {
		all.Go(func() { p.err = k.write(ctx, o, p, image, board, show) })
	}
	all.Wait()
	show.End()
	return k.tell(o, places, image.Sum)
}

// places0 finds the drives and refuses what is none to write to.
func (k *kit) places0(o *options, least int64) (all []*place, err error) {
	if o.own != "" {
		return []*place{{name: o.own, path: o.own}}, nil
	}
	for _, name := range o.drives {
		d, err := k.places.Find(name)
		if err == nil && o.unmount {
			d, err = k.places.Free(d, least, o.allow, k.unmount)
		}
		if err == nil {
			err = d.Refuse(least, o.allow)
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(p *place) bool { return p.path == d.Path }) {
			return nil, fmt.Errorf("flash: %s twice; hint: each card is another drive", d.Path)
		}
		all = append(all, &place{name: d.Name, path: d.Path, drive: d})
	}
	return all, nil
}

// devices makes a device for each card, and refuses two of one name.
func (k *kit) devices(o *options, places []*place, board boards.Board) error {
	for i, p := range places {
		d, err := inject.Make(&inject.Input{Board: board, Name: o.configs[i], Config: o.contents[o.configs[i]], Approval: o.contents[o.approval],
			CA: o.contents[o.ca], WiFi: o.contents[o.wifi], Random: k.random, Now: k.now()})
		if err != nil {
			return err
		}
		p.device = d
		if i > 0 && slices.ContainsFunc(places[:i], func(q *place) bool { return q.device.Board.Device == d.Board.Device }) {
			return fmt.Errorf("flash: two cards for %q; hint: each device has a name of its own in its configuration", d.Board.Device)
		}
		for _, w := range d.Doubts {
			fmt.Fprintf(k.errOut, "Mind: %s: %s.\n", d.Board.Device, w)
		}
	}
	return nil
}

// write writes one card.
func (k *kit) write(ctx context.Context, o *options, p *place, image *source.Image, board boards.Board, show *ask.Meter) (err error) {
	src, err := inject.Compose(image.Reader(), p.device.Files)
	if err != nil {
		return err
	}
	var c target
	if o.own != "" {
		c, err = k.create(p.path, image.Size)
	} else {
		c, err = k.open(p.path)
	}
	if err != nil {
		show.Failed(0)
		return err
	}
	done := int64(0)
	j := burn.Job{Card: c, Source: src, Size: image.Size, Check: func(r io.ReaderAt) error { return p.device.Check(r, board) }}
	show.Add(j.Work())
	j.Step = func(n int64) { done += n; show.Step(n) }
	err = j.Run(ctx)
	if p.hint = burn.Hint(err); err == nil {
		c.Reread()
	} else {
		show.Failed(j.Work() - done)
	}
	// What was written is flushed and read back, so closing has nothing left to lose.
	_ = c.Close()
	if err != nil && o.own != "" {
		os.Remove(p.path) // it has secrets in it, and is of no use
	}
	return err
}

// tell says of each card what became of it, and writes lists and labels of those that are good.
func (k *kit) tell(o *options, places []*place, sum string) (err error) {
	for _, p := range places {
		if p.err != nil {
			err = errFailed
			fmt.Fprintf(k.errOut, "%s  NOT GOOD  for %s: %v\n    %s\n", p.name, p.device.Board.Device, p.err, p.hint)
			continue
		}
		row := sheet.Row{Device: p.device.Board.Device, Board: p.device.Board.Name, Sign: p.device.Sign, Seal: fmt.Sprintf("%x", p.device.Seal),
			Certificate: p.device.Certificate, Image: sum, Written: k.now().UTC(), Who: o.who}
		fmt.Fprintf(k.out, "%s  good  %s  sign %s\n", p.name, row.Device, row.Sign)
		if o.csv == "" { // nobody could let the device in without it
			fmt.Fprintf(k.out, "For whoever runs the collector (-csv keeps such lines in a file):\n%s\n%s\n", strings.Join(sheet.Header(), ","), row.Line())
		}
		if o.csv != "" {
			if err2 := sheet.Append(o.csv, row); err2 != nil {
				fmt.Fprintf(k.errOut, "The card is good, but not on the list: %v\n    This line belongs there:\n%s\n", err2, row.Line())
				err = errFailed
			}
		}
		if o.label != "" {
			if err2 := writeLabel(o, &p.device.Board); err2 != nil {
				fmt.Fprintf(k.errOut, "The card is good, but has no label: %v\n    fieldkit label makes it.\n", err2)
				err = errFailed
			}
		}
	}
	if o.own != "" && err == nil {
		fmt.Fprintf(k.errOut, "Write %s with Raspberry Pi Imager (Use custom; no customisation), onto one card only, then delete it: it holds the keys.\n", o.own)
	} else if err == nil {
		fmt.Fprintln(k.errOut, "The cards can be taken out.")
	}
	return err
}

// agree has the name of each drive typed.
func (k *kit) agree(ctx context.Context, o *options, places []*place) error {
	if o.own != "" {
		return nil
	}
	var all []ask.Question
	for _, p := range places {
		all = append(all, ask.Question{Drive: p.drive, What: "becomes " + p.device.Board.Device})
	}
	return ask.Agree(ctx, k.in, k.errOut, o.yes, all)
}
