// Package image makes the image of a card from one command: a partition table, what the board's own
// firmware wants, two slots with the same system, and an empty file system for data. The same source, board
// and version of Go give the same image, byte for byte, whoever makes it wherever and whenever. It holds
// nothing of one device, no key and no password, and it writes to files only, never to a drive. It is for
// installers, outside the data path.
//
// Both slots hold the system from the first day, so that a board whose first slot was damaged still has one
// that starts.
package image

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"tellijn/boards"
	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/command"
	"tellijn/tools/fieldkit/image/oslist"
	"tellijn/tools/fieldkit/image/system"
	"tellijn/tools/fieldkit/programs"
	"tellijn/tools/fieldkit/source"
)

// Line says what the subcommand does.
const Line = "makes the image of a card for a board"

// Command is the subcommand.
func Command() command.Command { return command.Command{Name: "image", Line: Line, Run: run} }

// run makes one image, or a list of several for Raspberry Pi Imager.
func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	board := flags.String("board", "", "the board, such as rpi-zero-2w; an unknown name lists all")
	to := flags.String("o", "", "the image to write; default BOARD.img. The list of its files and of its parts go beside it")
	cache := flags.String("cache", "", "the folder for packages; default is tellijn in the user's cache")
	list := flags.String("os-list", "", "instead, write the list for Raspberry Pi Imager to this file, of the images named behind the flags")
	url := flags.String("url", "", "with -os-list: where those images can be fetched, such as https://example.org/cards/")
	date := flags.String("date", "", "with -os-list: the day on which they were published, such as 2026-11-22")
	images, err := command.ParseSome(flags, Line+", or lists images for Raspberry Pi Imager", args, errOut)
	if err != nil {
		return err
	}
	if *list != "" {
		if *board != "" || *url == "" || *date == "" || len(images) == 0 {
			return command.Usage("image", "-os-list wants -url, -date and images, and no -board")
		}
		text, err := oslist.List(*url, *date, images)
		if err != nil {
			return err
		}
		if err := os.WriteFile(*list, text, 0o644); err != nil {
			return fmt.Errorf("image: %w", err)
		}
		return nil
	}
	if *board == "" || len(images) > 0 || *url != "" || *date != "" {
		return command.Usage("image", "want -board NAME and -o FILE")
	}
	if *to == "" {
		*to = *board + ".img"
	}
	return build(ctx, Options{Board: *board, Path: *to, Cache: *cache}, out, errOut)
}

// Options say what to make.
type Options struct {
	Board string
	Path  string // of the image; its lists go to Path.manifest.json and Path.cdx.json
	Cache string // folder for packages; "" is that of the user
	Tree  string // folder in the source tree; "" is the current one
	// Overlay is for the rig alone, which breaks the product on purpose; no flag sets it. See
	// programs.Tree.Overlaid.
	Overlay string
}

// Build makes an image and gives its SHA-256 in hex. Progress goes to errOut. On an error there is none
// under this path that was not there before.
func Build(ctx context.Context, o Options, errOut io.Writer) (sum string, err error) {
	from := time.Now()
	if _, err := boards.Lookup(o.Board); err != nil {
		return "", err
	}
	r, err := recipe.Lookup(o.Board)
	if err != nil {
		return "", err
	}
	if o.Tree == "" {
		o.Tree = "."
	}
	if o.Cache == "" {
		if o.Cache, err = source.DefaultDir(); err != nil && len(r.Packages) > 0 {
			return "", err
		}
	}
	tree, err := programs.Find(ctx, o.Tree)
	if err != nil {
		return "", err
	}
	if o.Overlay != "" {
		if tree, err = tree.Overlaid(o.Overlay); err != nil {
			return "", err
		}
	}
	say := func(format string, args ...any) {
		fmt.Fprintf(errOut, "%5.1f s  %s\n", time.Since(from).Seconds(), fmt.Sprintf(format, args...))
	}
	m := &system.Maker{Tree: tree, Store: source.NewStore(o.Cache), Say: say}
	s, err := m.Gather(ctx, r)
	if err != nil {
		return "", err
	}
	c, err := finish(s, r.Cmdline)
	if err != nil {
		return "", err
	}
	return c.write(ctx, o.Path, say)
}

// build is Build for the command line.
func build(ctx context.Context, o Options, out, errOut io.Writer) error {
	sum, err := Build(ctx, o, errOut)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "sha256 %s %s\n", sum, o.Path); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	return nil
}
