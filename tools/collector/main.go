// Collector receives what counting devices send, checks every signature, keeps it, and gives it to
// people and to their other systems. It is for whoever runs the devices, on a computer of theirs; it is
// never on a device. It cannot show a picture or an exact count, since no device sends any, and it
// cannot open what the doors of a room send to each other.
//
//	collector enrol    lets a device or a broker in, or a device out again
//	collector serve    receives over HTTPS, and from MQTT brokers
//	collector import   takes batches that devices wrote to files
//	collector status   says how each device does
//	collector export   gives records as CSV or JSON, or the signed messages themselves
//	collector verify   checks everything that is stored, offline
//
// Where things go: intake checks and stores a batch, whichever way it came; gate (HTTPS), broker (MQTT)
// and desk (files, and the operator's own commands) are the ways. store is what is kept, with bolt as the
// first kind of store; a database for several collectors is a second one beside bolt. report is what is
// said. Pages, feeds for rooms and links to other systems belong beside report: each a package of its own
// that reads store.Reader, with a listener of its own in serve.go. None of them belongs into gate.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// errUsage is wrapped when the command line was wrong and a word about it was said.
var errUsage = errors.New("usage")

const usage = `usage: collector COMMAND [options]

  enrol    lets a device or a broker in, or a device out again
  serve    receives over HTTPS, and from MQTT brokers
  import   takes batches that devices wrote to files
  status   says how each device does
  export   gives records as CSV or JSON, or the signed messages themselves
  verify   checks everything that is stored, offline
  clock    says whether the clock is believed, and confirms it

collector COMMAND -help says more about each. To begin:

  collector enrol -dir STORE -device north-door -key KEY -host counts.example.edu -out BUNDLE
  collector serve -dir STORE -listen :8443

KEY is what "warden -identity" prints on the device; BUNDLE goes into the device's courier directory.
`

func run(args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(errs, usage)
		return 2
	}
	var err error
	switch rest := args[1:]; args[0] {
	case "enrol":
		err = enrolCommand(rest, out, errs)
	case "serve":
		err = serveCommand(rest, out, errs)
	case "import":
		err = importCommand(rest, out, errs)
	case "clock":
		err = clockCommand(rest, out, errs)
	case "status", "export", "verify":
		err = lookCommand(args[0], rest, out, errs)
	case "help", "-help", "--help", "-h":
		fmt.Fprint(out, usage)
	default:
		fmt.Fprintf(errs, "collector: no command %q\n\n%s", args[0], usage)
		return 2
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintln(errs, "collector:", err)
	return 1
}

// options gives a flag set that explains itself.
func options(name, about string, errs io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("collector "+name, flag.ContinueOnError)
	f.SetOutput(errs)
	f.Usage = func() {
		fmt.Fprintf(errs, "usage: collector %s [options]\n\n%s\n\n", name, about)
		f.PrintDefaults()
	}
	return f
}

// parse reads a command line without arguments behind its options.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return nil
}

// wrong says what is wrong with a command line.
func wrong(errs io.Writer, format string, args ...any) error {
	fmt.Fprintf(errs, "collector: "+format+"\n", args...)
	return errUsage
}

// list is an option that may be given several times.
type list []string

func (l *list) String() string { return fmt.Sprint(*l) }

// Set adds one.
func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}
