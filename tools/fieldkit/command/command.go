// Package command is what the subcommands of fieldkit share: their form, and how they read their flags.
// It never does any work itself. It is for installers, outside the data path.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
)

// Command is one subcommand.
type Command struct {
	Name string // one word
	Line string // what it does, without a full stop
	// Run gets the arguments behind the name. What was asked for goes to out; progress, help and complaints
	// to errOut. When the context ends it stops, and leaves nothing half done.
	Run func(ctx context.Context, args []string, out, errOut io.Writer) error
}

// ErrUsage is wrapped by errors about a wrong call, after which fieldkit exits with 2 instead of 1.
var ErrUsage = errors.New("called wrongly")

// Usage is such an error. It names the help of the subcommand.
func Usage(name, format string, args ...any) error {
	return fmt.Errorf("%s: %w: %s; see go run ./tools/fieldkit %s -help", name, ErrUsage, fmt.Sprintf(format, args...), name)
}

// Parse reads the arguments of a subcommand that takes flags only; flags bears its name and must be made
// with flag.ContinueOnError. When help was asked for, it is printed to errOut behind line, and the error is
// flag.ErrHelp. Other errors wrap ErrUsage.
func Parse(flags *flag.FlagSet, line string, args []string, errOut io.Writer) error {
	rest, err := ParseSome(flags, line, args, errOut)
	if err == nil && len(rest) > 0 {
		err = Usage(flags.Name(), "%q is no flag", rest[0])
	}
	return err
}

// ParseSome is Parse for a subcommand that takes more than flags, and gives what is behind them.
func ParseSome(flags *flag.FlagSet, line string, args []string, errOut io.Writer) ([]string, error) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(errOut, "%s\n\n", line)
		flags.SetOutput(errOut)
		flags.PrintDefaults()
		return nil, err
	case err != nil:
		return nil, Usage(flags.Name(), "%v", err)
	}
	return flags.Args(), nil
}
