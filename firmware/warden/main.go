// The warden starts eye and courier, holds the eye to its orders, makes records of what it counts
// and hands them to the courier. It has no network and no camera. It is two processes of this one
// program: the starter, which a person starts and which may start programs, and the core, which
// does the work and may start nothing (firmware/warden/starter). It runs as an ordinary program: on
// a computer it is started by tools/try or systemd. On a card of ours it is a third process too, the
// first of the board (firmware/warden/first), which starts the starter.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tellijn/firmware/warden/first"
	"tellijn/firmware/warden/watch"
)

func main() {
	signal.Ignore(syscall.SIGPIPE)
	code, err := 0, error(nil)
	if first.Chosen(os.Getpid(), os.Args) {
		err = first.Run(first.Setup{Made: made})
	} else if len(os.Args) > 1 && os.Args[1] == coreArg {
		o, _ := flags("warden", os.Args[2:])
		if err = core(o); errors.Is(err, watch.ErrOff) {
			code = first.PowerOff // which the starter passes on
		}
	} else {
		code, err = start(flags("warden", os.Args[1:]))
	}
	if err != nil && err != watch.ErrOff {
		fmt.Fprintln(os.Stderr, "warden:", strings.TrimPrefix(err.Error(), "warden: "))
		code = max(code, 1)
	}
	os.Exit(code)
}
