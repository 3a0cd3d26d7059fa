package debian

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"tellijn/boards"
	"tellijn/tools/fieldkit/command"
	"tellijn/tools/fieldkit/programs"
)

const about = `package makes a Debian package of the programs, for Raspberry Pi OS and Debian from 12 on:

  fieldkit package -arch arm64 -o tellijn.deb

Same source, same Go: same bytes. Installing it starts nothing. A card of ours (fieldkit image) is safer: on such
a system there are other programs, and whoever is root there is root over the counter.`

// Command is the subcommand.
func Command() command.Command {
	return command.Command{Name: "package", Line: "makes a Debian package, for those who do not want a card of ours",
		Run: func(ctx context.Context, args []string, out, _ io.Writer) error { return run(ctx, args, out) }}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("package", flag.ContinueOnError)
	arch := f.String("arch", "arm64", "processor: arm64, armhf or amd64")
	file := f.String("o", "", "`file` to write")
	board := f.String("board", "", "which computer it is for; sim makes a package to try, with a drawn camera")
	version := f.String("version", "", "version of the package; 0~ and the sum of the source if left out")
	if err := command.Parse(f, about, args, out); err != nil {
		return err
	}
	tags := ""
	switch {
	case *file == "":
		return command.Usage("package", "-o is needed, such as -o tellijn.deb")
	case settings(*arch) == nil:
		return command.Usage("package", "-arch %q, want arm64, armhf or amd64", *arch)
	case *version != "" && (strings.Trim(*version, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+~-") != "" || (*version)[0] < '0' || (*version)[0] > '9'):
		return command.Usage("package", "-version %q, want digits in front, then letters, digits, and . + ~ -", *version)
	}
	if *board != "" {
		b, err := boards.Lookup(*board)
		if err != nil {
			return err
		}
		if b.Kind.Pretended() {
			tags = "sim"
		}
	}
	tree, err := programs.Find(ctx, ".")
	if err != nil {
		return err
	}
	if *version == "" {
		sum, err := tree.Sum(ctx)
		if err != nil {
			return err
		}
		*version = "0~" + sum[:12]
	}
	built, licences, err := build(ctx, tree, *arch, tags)
	if err != nil {
		return err
	}
	files, err := Contents(built, *board, licences)
	if err != nil {
		return err
	}
	deb, err := Pack(control(*version, *arch), files)
	if err != nil {
		return err
	}
	if err := os.WriteFile(*file, deb, 0o644); err != nil {
		return fmt.Errorf("debian: %w", err)
	}
	_, err = fmt.Fprintf(out, "sha256 %x %s\n", sha256.Sum256(deb), *file)
	return err
}
