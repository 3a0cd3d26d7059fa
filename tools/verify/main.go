// Verify checks what a device has signed, offline and without trust in whoever kept it: files of signed
// records and log entries one behind the other (a CBOR sequence, RFC 8742), as the collector exports them.
//
//	go run ./tools/verify -key HEX [-key HEX ...] [-whole] [-simulated] [-log] FILE...
//
// It finds what was changed, taken out, doubled, put elsewhere or added, and says where in plain words.
// It exits with 0 when all is as the device signed it, with 1 when something is wrong or missing, and with
// 2 when it cannot read. What it cannot tell: that records or entries after the newest here are missing,
// and without -whole, those before the oldest.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"tellijn/privacy/sign"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// options are what was asked.
type options struct {
	keys                  []sign.Public
	whole, simulated, log bool
}

// What run gives.
const (
	allGood   = 0
	wrong     = 1
	cannotSay = 2
)

func run(args []string, out, errs io.Writer) int {
	var o options
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.Func("key", "public key of a device, 64 hexadecimal digits, as its warden prints with -identity; may be repeated", func(s string) error {
		k, err := sign.ParsePublic(s)
		o.keys = append(o.keys, k)
		return err
	})
	flags.BoolVar(&o.whole, "whole", false, "the files should hold everything since the device got its key")
	flags.BoolVar(&o.simulated, "simulated", false, "take records that say nobody real was counted")
	flags.BoolVar(&o.log, "log", false, "print the log in words")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return allGood
	case err != nil:
		return cannotSay
	case len(o.keys) == 0 || flags.NArg() == 0:
		fmt.Fprintln(errs, "verify: no key or no file; hint: go run ./tools/verify -key HEX FILE...")
		return cannotSay
	}
	r := report{out: out}
	items, err := read(flags.Args(), &r)
	if err != nil {
		fmt.Fprintln(errs, "verify:", err)
		return cannotSay
	}
	shares := share(items, o.keys, &r)
	for i, k := range o.keys {
		check(k, shares[i], &o, &r)
	}
	switch {
	case r.wrong == 1:
		r.say("1 thing is WRONG.")
	case r.wrong > 1:
		r.say("%d things are WRONG.", r.wrong)
	default:
		r.say("Good: all of it is as the devices signed it, in one piece.")
		return allGood
	}
	return wrong
}

// report prints, and counts what is wrong.
type report struct {
	out   io.Writer
	wrong int
}

func (r *report) say(format string, args ...any) { fmt.Fprintf(r.out, format+"\n", args...) }

func (r *report) fault(format string, args ...any) {
	r.wrong++
	r.say("WRONG: "+format, args...)
}
