// Fieldkit is what installers use: it makes card images, writes cards, prints labels, finds the settings of
// a place, and takes devices out of service. It never talks to a running device and never shows what a
// camera sees.
//
//	go run ./tools/fieldkit COMMAND [flags]
//	go run ./tools/fieldkit            lists the commands
//
// It exits with 1 when a command failed and with 2 when it was called wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"tellijn/tools/fieldkit/approve"
	"tellijn/tools/fieldkit/command"
	"tellijn/tools/fieldkit/debian"
	"tellijn/tools/fieldkit/flash"
	"tellijn/tools/fieldkit/geometry"
	"tellijn/tools/fieldkit/image"
	"tellijn/tools/fieldkit/label"
	"tellijn/tools/fieldkit/try"
	"tellijn/tools/fieldkit/wipe"
)

// commands is the table of subcommands, in the order in which a device meets them.
func commands() []command.Command {
	return []command.Command{
		geometry.Command(),
		approve.Command(),
		image.Command(),
		flash.Command(),
		label.Command(),
		wipe.Command(),
		try.Command(),
		debian.Command(),
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, commands(), os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status(os.Stderr, err))
}

// run finds the subcommand and runs it. Without one it lists them all.
func run(ctx context.Context, all []command.Command, args []string, out, errOut io.Writer) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" || args[0] == "help" {
		fmt.Fprintln(errOut, "go run ./tools/fieldkit COMMAND [flags]; each explains its flags with -help")
		for _, c := range all {
			fmt.Fprintf(errOut, "  %-9s %s\n", c.Name, c.Line)
		}
		if len(args) == 0 {
			return command.ErrUsage
		}
		return nil
	}
	for _, c := range all {
		if c.Name == args[0] {
			return c.Run(ctx, args[1:], out, errOut)
		}
	}
	return fmt.Errorf("%w: no command %q; go run ./tools/fieldkit lists them", command.ErrUsage, args[0])
}

// status prints what went wrong, if it was not said yet, and gives the exit status.
func status(w io.Writer, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case err == command.ErrUsage: // the list of commands was the answer
		return 2
	}
	fmt.Fprintln(w, "fieldkit:", err)
	if errors.Is(err, command.ErrUsage) {
		return 2
	}
	return 1
}
